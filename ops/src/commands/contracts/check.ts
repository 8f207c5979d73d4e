import { platform } from '@maxai/topology/platform';
import { join } from 'node:path';
import { regenerate } from '../../generate/generated-file.ts';
import { consumersDocument } from '../../generate/consumers.ts';
import { openApiDocuments, openApiFolder } from '../../generate/openapi-documents.ts';
import { checkConsumers, checkReleasedConsumers } from './check-consumers.ts';
import { compareReleases } from './compare-documents.ts';
import { findConsumers, type Consumers } from './find-consumers.ts';
import { printFinding, type Finding } from './finding.ts';
import { operationsOf, readDocuments, type Documents } from './openapi.ts';
import { lastRelease, type Release } from './released.ts';

export type Contracts = { readonly documents: Documents; readonly consumers: Consumers };

/** What breaks callers of a release: its documents against today's, and its consumers' own calls. */
export function breakingSince(released: Release, documents: Documents): Finding[] {
  const changes = compareReleases(released.documents, documents).map(
    ({ service, operation, path, reason, fix }): Finding => {
      const users = Object.entries(released.consumers)
        .filter(([, uses]) => uses.some((use) => use.operation === operation))
        .map(([consumer]) => consumer);
      const known = users.length === 0 ? '' : ` (used by ${users.join(', ')})`;
      return { check: 'breaking', where: `${service} ${path}`, reason: reason + known, fix };
    },
  );
  return [...changes, ...checkReleasedConsumers(released.consumers, documents)];
}

/** Operations that consumers use and the released providers do not have: whose release comes first. */
export function needsProviderFirst(consumers: Consumers, released: Documents): string[] {
  const served = new Map(
    Object.entries(released).map(([service, document]) => [
      service,
      new Set(operationsOf(document).map(({ operationId }) => operationId)),
    ]),
  );
  return Object.entries(consumers).flatMap(([consumer, uses]) =>
    uses
      .filter(({ provider, operation }) => served.get(provider)?.has(operation) !== true)
      .map(({ provider, operation }) => `${provider} before ${consumer}: ${operation} is new`),
  );
}

/** Everything that is wrong with the contracts of a checkout, and the contracts themselves. */
export async function examineContracts(
  root: string,
): Promise<Contracts & { findings: Finding[]; released: Release | null }> {
  const stale = await regenerate(root, [openApiDocuments, consumersDocument], false);
  const { consumers, unknown } = findConsumers(root);
  const documents = readDocuments(join(root, openApiFolder));
  const released = lastRelease(root);
  return {
    documents,
    consumers,
    released,
    findings: [
      ...stale.map((where): Finding => {
        const reason = 'It is not what the contracts and their users say';
        return { check: 'stale', where, reason, fix: 'run npm run generate and commit it' };
      }),
      ...checkConsumers(consumers, unknown, documents, platform),
      ...(released === null ? [] : breakingSince(released, documents)),
    ],
  };
}

/** `maxai contracts check`. Returns the number of findings. */
export async function check(root: string): Promise<number> {
  const { findings, consumers, documents, released } = await examineContracts(root);
  for (const finding of findings) console.error(printFinding(finding));
  const uses = Object.values(consumers).flat().length;
  const against = released === null ? 'no release yet' : `release ${released.version}`;
  console.log(
    `${Object.keys(documents).length} documents, ${uses} uses, against ${against}: ${findings.length} findings`,
  );
  for (const order of released === null ? [] : needsProviderFirst(consumers, released.documents)) {
    console.log(`Release order: ${order}`);
  }
  return findings.length;
}

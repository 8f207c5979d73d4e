import type { Platform } from '@maxai/topology/model';
import type { Consumers, UnknownCall, Use } from './find-consumers.ts';
import type { Finding } from './finding.ts';
import {
  operationsOf,
  resolveIn,
  schemaOf,
  type Documents,
  type OpenApi,
  type Parameter,
} from './openapi.ts';
import type { Schema } from './schema-compatibility.ts';

type Fields = { readonly known: readonly string[]; readonly required: readonly string[] };

function fieldsOf(document: OpenApi, schema: Schema | null): Fields {
  const reference = schema?.['$ref'];
  const plain = typeof reference === 'string' ? resolveIn(document, reference) : schema;
  return {
    known: Object.keys(plain?.['properties'] ?? {}),
    required: (plain?.['required'] ?? []) as string[],
  };
}

function consumerFinding(where: string, reason: string, fix: string): Finding {
  return { check: 'consumer', where, reason, fix };
}

/** What a use sends and reads against what the provider's document says of the operation. */
function checkUse(consumer: string, use: Use, documents: Documents): Finding[] {
  const document = documents[use.provider] ?? { paths: {} };
  const where = `${consumer} → ${use.provider} ${use.operation} (${use.files.join(', ')})`;
  const found = operationsOf(document).find(({ operationId }) => operationId === use.operation);
  if (found === undefined) {
    return [
      consumerFinding(
        where,
        `${use.provider} documents no such operation`,
        'bring the operation back, or release the consumer without the call first',
      ),
    ];
  }
  const { parameters } = found;
  const body = fieldsOf(document, schemaOf(found.requestBody));
  const nameOf = (parameter: Parameter) =>
    `${parameter.in === 'path' ? 'params' : parameter.in}.${parameter.name}`;
  const accepted = new Set([
    ...parameters.map(nameOf),
    ...body.known.map((name) => `body.${name}`),
  ]);
  const required = [
    ...parameters.filter((parameter) => parameter.required === true).map(nameOf),
    ...body.required.map((name) => `body.${name}`),
  ];
  const answers = Object.entries(found.responses).filter(([status]) => status !== 'default');
  const answered = new Set(
    answers.flatMap(([, media]) => fieldsOf(document, schemaOf(media)).known),
  );
  const unknown = (use.sends ?? []).filter((name) => !accepted.has(name));
  const missing = required.filter((name) => use.sends !== null && !use.sends.includes(name));
  const unread = (use.reads ?? []).filter((name) => !answered.has(name));
  return [
    ...unknown.map((name) =>
      consumerFinding(where, `It sends ${name}, which is not accepted`, `leave ${name} out`),
    ),
    ...missing.map((name) =>
      consumerFinding(where, `It does not send ${name}, which is required`, `send ${name}`),
    ),
    ...unread.map((name) =>
      consumerFinding(where, `It reads ${name}, which is not answered`, `do not read ${name}`),
    ),
  ];
}

/** The services a consumer may call: what its processes declare, or what the gateway reaches. */
function declaredEdges(platform: Platform, consumer: string): readonly string[] {
  const gateway = platform.services.find(({ name }) => name === 'api-gateway');
  const behindGateway = ['api-gateway', ...(gateway?.calls ?? [])];
  if (platform.webApps.some(({ name }) => name === consumer)) return behindGateway;
  if (consumer === 'maxai-ops') {
    return [...behindGateway, ...platform.environments.flatMap((entry) => entry.operatorCalls)];
  }
  const processes = [...platform.services, ...platform.workers];
  return processes
    .filter(({ name }) => name === consumer || name === `${consumer}-worker`)
    .flatMap(({ calls }) => calls);
}

/** Every use against the provider's document and against the edges the topology declares. */
export function checkConsumers(
  consumers: Consumers,
  unknown: readonly UnknownCall[],
  documents: Documents,
  platform: Platform,
): Finding[] {
  const hidden = unknown.map(({ file, operation }) =>
    consumerFinding(
      file,
      `It calls ${operation}, which is no operation of the contracts`,
      'pass the operation itself, imported from @maxai/contracts/http, or its id',
    ),
  );
  const uses = Object.entries(consumers).flatMap(([consumer, list]) => {
    const edges = declaredEdges(platform, consumer);
    return list.flatMap((use) => [
      ...checkUse(consumer, use, documents),
      ...(edges.includes(use.provider)
        ? []
        : [
            consumerFinding(
              `${consumer} → ${use.provider} ${use.operation} (${use.files.join(', ')})`,
              `${consumer} declares no edge to ${use.provider}, so it gets no address and no key`,
              `add '${use.provider}' to calls in the deploy.ts of ${consumer}`,
            ),
          ]),
    ]);
  });
  return [...hidden, ...uses];
}

/** Operations the consumers of a release use that are not there any more. */
export function checkReleasedConsumers(released: Consumers, documents: Documents): Finding[] {
  return Object.entries(released).flatMap(([consumer, uses]) =>
    uses.flatMap((use) => checkUse(`released ${consumer}`, use, documents)),
  );
}

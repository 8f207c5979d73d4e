import { repositoryRoot } from '../../platform/environment.ts';
import { rehearse, type Rehearsal, type RehearsedVersion } from '../../release/rehearse.ts';
import { startRehearsalPlatform } from '../../release/rehearsal-platform.ts';
import { formatTable } from '../../terminal/format-table.ts';
import { CommandError } from '../../supervisor/command-error.ts';

const paths: Readonly<Record<string, string>> = {
  'api-gateway': '/api/openapi.json',
  'webhook-ingress': '/webhooks/retell/none',
};

export type RehearseOptions = {
  readonly service: string;
  readonly versions: string;
  readonly speed: string;
  readonly json?: true;
};

function versionsOf(text: string): RehearsedVersion[] {
  return text.split(',').map((version) => {
    if (version === 'good' || version === 'failing' || version === 'slow') return version;
    throw new CommandError(`There is no version "${version}".`, 'use good, failing or slow');
  });
}

/** Whether a rehearsal ended as it must: a good version has everything, a bad one nothing and nobody. */
export function isRight({ version, phase, stuck }: Rehearsal): boolean {
  return version === 'good' ? phase === 'promoted' : phase === 'aborted' && stuck === 0;
}

function cell(value: number | null): string {
  return value === null ? '-' : value.toFixed(1);
}

export function formatRehearsals(rehearsals: readonly Rehearsal[]): string {
  const table = formatTable(
    [
      'version',
      'ended',
      'requests',
      'share %',
      'failed',
      'detect s',
      'decide s',
      'shift s',
      'drain s',
      'stuck',
    ],
    rehearsals.map((one) => [
      one.version,
      one.phase,
      one.requests,
      cell(one.canaryPercent),
      one.failed,
      cell(one.detectionSeconds),
      cell(one.decisionSeconds),
      one.shiftSeconds === null ? '-' : one.shiftSeconds.toFixed(3),
      cell(one.drainSeconds),
      one.stuck,
    ]),
  );
  const reasons = rehearsals.map(({ version, reason }) => `${version}: ${reason ?? ''}`);
  return `${table}\n\n${reasons.join('\n')}`;
}

/** `maxai release rehearse`: good and bad versions beside the running one, on a platform of its own. */
export async function runRehearsal(options: RehearseOptions): Promise<number> {
  const path = paths[options.service];
  if (path === undefined) {
    throw new CommandError(
      `${options.service} cannot be rehearsed.`,
      `choose ${Object.keys(paths).join(' or ')}: the edge shares out their requests`,
    );
  }
  const versions = versionsOf(options.versions);
  const note = (line: string) => {
    if (options.json !== true) console.log(line);
  };
  note(`Starting a platform for the rehearsal from ${repositoryRoot}`);
  const platform = await startRehearsalPlatform(options.service, () => undefined);
  const rehearsals: Rehearsal[] = [];
  try {
    for (const version of versions) {
      note(`Rehearsing a ${version} version of ${options.service}`);
      rehearsals.push(
        await rehearse({
          ...platform,
          path,
          version,
          speed: Number(options.speed),
          requestsPerSecond: 40,
        }),
      );
    }
  } finally {
    await platform.stop();
  }
  console.log(
    options.json === true
      ? JSON.stringify(rehearsals, undefined, 2)
      : `\n${formatRehearsals(rehearsals)}`,
  );
  return rehearsals.every(isRight) ? 0 : 1;
}

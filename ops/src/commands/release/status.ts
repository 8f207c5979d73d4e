import { releasePolicy } from '@maxai/topology/release-policy';
import { stateFolderOf } from '../../platform/environment.ts';
import { releasesFolder } from '../../release/control-release.ts';
import { describeEvent, incidentReport } from '../../release/incident-report.ts';
import { isControlled } from '../../release/release-hold.ts';
import { openReleaseRecord, releasesOf, type ReleaseRecord } from '../../release/release-record.ts';
import { isOpen, stateOf, type ReleaseState } from '../../release/release-rules.ts';
import { CommandError } from '../../supervisor/command-error.ts';

function recordHere(): ReleaseRecord {
  return openReleaseRecord(releasesFolder(stateFolderOf(process.env)));
}

function nextStep(release: ReleaseState): string {
  const isAlone = !isControlled(releasesFolder(stateFolderOf(process.env)), release.id);
  if (isOpen(release) && isAlone) {
    return 'its controller is gone, and nobody judges it: npx maxai release abort takes it back';
  }
  if (isOpen(release)) return 'npx maxai release promote or abort decides it now';
  if (release.phase !== 'promoted' || release.promotedAt === null) return 'nothing is under way';
  const until = release.promotedAt + releasePolicy('development').keepOldHours * 3_600_000;
  return `npx maxai release rollback goes back to ${release.from} until ${new Date(until).toISOString()}`;
}

/** `maxai release status`: the newest release, what happened in it, and what can be done. */
export function reportReleaseStatus(options: {
  readonly json?: true;
  readonly service?: string;
}): void {
  const record = recordHere();
  const release = releasesOf(record, options.service).at(-1);
  const events = release === undefined ? [] : record.read(release.id);
  if (options.json === true) {
    console.log(JSON.stringify({ release: release ?? null, events }, undefined, 2));
    return;
  }
  if (release === undefined) {
    console.log(
      'Nothing was released here yet: npx maxai release start <service> --version <name>',
    );
    return;
  }
  const { service, to, phase, percent } = release;
  console.log(`${release.id}: ${service} ${to} is ${phase} and gets ${percent} % of the requests`);
  for (const event of events) {
    console.log(`  ${new Date(event.at).toISOString()}  ${describeEvent(event)}`);
  }
  console.log(nextStep(release));
}

/** `maxai release report`: the incident report of a release that was taken back, for its post-mortem. */
export function printIncidentReport(
  asked: string | undefined,
  options: { readonly service?: string },
): void {
  const record = recordHere();
  const id =
    asked ??
    releasesOf(record, options.service).findLast(
      ({ phase }) => phase === 'aborted' || phase === 'rolled-back',
    )?.id;
  const events = id === undefined ? [] : record.read(id);
  const release = stateOf(events);
  if (release === undefined) {
    throw new CommandError(
      asked === undefined ? 'No release was taken back here.' : `There is no release ${asked}.`,
      `choose among ${record.ids().join(', ') || 'none: nothing was released yet'}`,
    );
  }
  console.log(incidentReport(release, events));
}

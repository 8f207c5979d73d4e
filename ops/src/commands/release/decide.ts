import { releasePolicy } from '@maxai/topology/release-policy';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { stateFolderOf } from '../../platform/environment.ts';
import { releasesFolder } from '../../release/control-release.ts';
import { askFor } from '../../release/decision-requests.ts';
import { openReleaseRecord } from '../../release/release-record.ts';
import {
  refusalOf,
  stateOf,
  type Decision,
  type ReleaseState,
} from '../../release/release-rules.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

const answerLimitMs = 60_000;

/** The newest release of this state folder. */
export function latestRelease(state: StateFolder): ReleaseState | undefined {
  const record = openReleaseRecord(releasesFolder(state));
  const id = record.ids().at(-1);
  return id === undefined ? undefined : stateOf(record.read(id));
}

/** `maxai release promote | abort | rollback`: asks the release's controller, and waits until it has done it. */
export async function decide(
  decision: Decision,
  options: { readonly state?: StateFolder; readonly limitMs?: number } = {},
): Promise<string> {
  const state = options.state ?? stateFolderOf(process.env);
  const release = latestRelease(state);
  const keepOldMs = releasePolicy('development').keepOldHours * 3_600_000;
  const refusal = refusalOf(decision, release, { now: Date.now(), keepOldMs });
  if (refusal !== null || release === undefined) {
    throw new CommandError(
      `Nothing was changed. ${refusal}.`,
      'npx maxai release status shows where it stands',
    );
  }
  const folder = releasesFolder(state);
  const asked = askFor(folder, release.id, { decision, by: userInfo().username });
  const phase = { promote: 'promoted', abort: 'aborted', rollback: 'rolled-back' }[decision];
  const done = await waitUntil(
    () => latestRelease(state)?.phase === phase && !existsSync(asked),
    options.limitMs ?? answerLimitMs,
  );
  if (done) return `${release.id} is ${phase}`;
  const gone = runningSupervisor(state) === undefined;
  throw new CommandError(
    `Nobody has carried out ${decision} of ${release.id}.`,
    gone
      ? 'the platform has stopped, and its releases with it: npm start begins with the old version'
      : 'npx maxai restart edge sends every request to the old version; npx maxai logs release says why',
  );
}

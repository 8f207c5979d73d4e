import { releasePolicy } from '@maxai/topology/release-policy';
import { existsSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { stateFolderOf } from '../../platform/environment.ts';
import { takeBackAbandoned } from '../../release/abandoned-release.ts';
import { releasesFolder } from '../../release/control-release.ts';
import { askFor } from '../../release/decision-requests.ts';
import { isControlled, readHold } from '../../release/release-hold.ts';
import { openReleaseRecord, releasesOf } from '../../release/release-record.ts';
import {
  refusalOf,
  stateOf,
  type Decision,
  type ReleaseState,
} from '../../release/release-rules.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

const answerLimitMs = 60_000;

/** The newest release of a service, or of all. */
export function latestRelease(state: StateFolder, service?: string): ReleaseState | undefined {
  return releasesOf(openReleaseRecord(releasesFolder(state)), service).at(-1);
}

/** The release a decision is about: one that was taken back leaves the one before it to be rolled back. */
function decidedRelease(
  state: StateFolder,
  decision: Decision,
  service: string | undefined,
): ReleaseState | undefined {
  const latest = latestRelease(state, service);
  if (decision !== 'rollback' || latest === undefined) return latest;
  const standing = releasesOf(openReleaseRecord(releasesFolder(state)), latest.service).findLast(
    ({ phase }) => phase !== 'aborted' && phase !== 'rolled-back',
  );
  return standing ?? latest;
}

/** Carries out a decision that nobody else can any more. */
async function decideAbandoned(
  state: StateFolder,
  release: ReleaseState,
  decision: Decision,
  by: string,
): Promise<void> {
  if (decision === 'promote') {
    throw new CommandError(
      `${release.id} has no controller any more: nobody would watch ${release.to}.`,
      'npx maxai release abort takes it back; then start it again',
    );
  }
  await takeBackAbandoned(state, release, decision, by);
}

type DecideOptions = {
  /** Whose release; the newest of all when it is left out. */
  readonly service?: string;
  readonly state?: StateFolder;
  readonly limitMs?: number;
};

/**
 * `maxai release promote | abort | rollback`: asks the release's controller, and waits until it has done it; takes the
 * version back itself when the controller is gone.
 */
export async function decide(decision: Decision, options: DecideOptions = {}): Promise<string> {
  const state = options.state ?? stateFolderOf(process.env);
  const release = decidedRelease(state, decision, options.service);
  const keepOldMs = releasePolicy('development').keepOldHours * 3_600_000;
  const refusal = refusalOf(decision, release, { now: Date.now(), keepOldMs });
  if (refusal !== null || release === undefined) {
    throw new CommandError(
      `Nothing was changed. ${refusal}.`,
      'npx maxai release status shows where it stands',
    );
  }
  const { id } = release;
  const folder = releasesFolder(state);
  const record = openReleaseRecord(folder);
  const by = userInfo().username;
  const asked = askFor(folder, id, { decision, by });
  const phase = { promote: 'promoted', abort: 'aborted', rollback: 'rolled-back' }[decision];
  const isDone = () => stateOf(record.read(id))?.phase === phase && !existsSync(asked);
  await waitUntil(() => isDone() || !isControlled(folder, id), options.limitMs ?? answerLimitMs);
  if (isDone()) return `${id} is ${phase}`;
  rmSync(asked, { force: true });
  if (!isControlled(folder, id)) {
    await decideAbandoned(state, release, decision, by);
    return `${id} is ${phase}`;
  }
  throw new CommandError(
    `Nobody has carried out ${decision} of ${id}.`,
    `kill ${readHold(folder, id)?.controller.pid} ends its controller, which takes the version back; npx maxai logs release says why`,
  );
}

import { userInfo } from 'node:os';
import { stateFolderOf } from '../../platform/environment.ts';
import { takeBackAllAbandoned } from '../../release/abandoned-release.ts';
import { clearLeftovers, runningSupervisor, stopSupervisor } from '../../supervisor/leftovers.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';

const stopLimitMs = 60_000;

const clearReleases = (state: StateFolder) => takeBackAllAbandoned(state, userInfo().username);

/** Stops the platform of this state folder, or what a killed supervisor left of it. Says what it found. */
export async function stopPlatform(state: StateFolder): Promise<string> {
  const record = runningSupervisor(state);
  if (record === undefined) {
    const left = [...(await clearLeftovers(state)), ...(await clearReleases(state))];
    return left.length === 0
      ? 'MaxAI is not running.'
      : `Ended what was left running: ${left.join(', ')}`;
  }
  await stopSupervisor(state, record, stopLimitMs);
  // A controller that lives ends its release with the platform.
  await clearReleases(state);
  return 'MaxAI has stopped.';
}

export async function down(): Promise<void> {
  console.log(await stopPlatform(stateFolderOf(process.env)));
}

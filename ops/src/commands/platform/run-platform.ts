import { rmSync } from 'node:fs';
import { repositoryRoot } from '../../platform/environment.ts';
import { localPlatformOf, trafficFileOf } from '../../platform/local-platform.ts';
import { isObserved } from '../../observability/observed.ts';
import { createPlatform } from '../../platform/platform.ts';
import { schedulePlatformBackups } from '../../recovery/platform-schedule.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import { seedDemo } from '../demo/seed.ts';

const interrupted = 130;

/** Starts the platform and stays with it until it is told to stop. Returns the exit code. */
export async function upAttached(
  state: StateFolder,
  only: readonly string[] | undefined,
  signals: Pick<NodeJS.EventEmitter, 'on'> = process,
): Promise<number> {
  const local = localPlatformOf(process.env, state);
  const watchers = isObserved(state)
    ? await import('../../observability/local-observability.ts').then(({ watchersOf }) =>
        watchersOf({ ...local, state, root: repositoryRoot }),
      )
    : [];
  const platform = createPlatform({
    ...local,
    watchers,
    root: repositoryRoot,
    state,
    only,
    renderer: 'default',
    seed: () => seedDemo({ ...local, state }),
    report: (line) => console.log(line),
  });
  // A split of the platform before this one leads to processes that are gone.
  rmSync(trafficFileOf(state), { force: true });
  const stopped = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    signals.on(signal, () => {
      if (!platform.stopping.aborted) console.log('Stopping');
      platform.stop().then(stopped.resolve, stopped.reject);
    });
  }
  try {
    await platform.start();
  } catch (error) {
    if (platform.stopping.aborted && error === platform.stopping.reason) return interrupted;
    throw error;
  }
  const backups = schedulePlatformBackups({ ...local, state, report: (line) => console.log(line) });
  // Not after it: a backup waits for a database that is being stopped.
  platform.stopping.addEventListener('abort', () => void backups.stop());
  await stopped.promise;
  await backups.stop();
  return 0;
}

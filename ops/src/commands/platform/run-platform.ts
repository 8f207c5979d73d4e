import { localN8n } from '@maxai/topology/local-n8n';
import { rmSync } from 'node:fs';
import { repositoryRoot } from '../../platform/environment.ts';
import { localPlatformOf, trafficFileOf } from '../../platform/local-platform.ts';
import { hasN8n } from '../../n8n/n8n-folder.ts';
import { isObserved } from '../../observability/observed.ts';
import { createPlatform } from '../../platform/platform.ts';
import { schedulePlatformBackups } from '../../recovery/platform-schedule.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import type { Supervised } from '../../supervisor/supervisor.ts';
import { seedDemo } from '../demo/seed.ts';

const interrupted = 130;

type Local = ReturnType<typeof localPlatformOf>;

/** What was asked for with `--with`, once or now; each is loaded only where it is used. */
async function companionsOf(local: Local, state: StateFolder): Promise<Supervised[]> {
  const companions: Supervised[] = [];
  if (isObserved(state)) {
    const { watchersOf } = await import('../../observability/local-observability.ts');
    companions.push(...watchersOf({ ...local, state, root: repositoryRoot }));
  }
  if (hasN8n(state)) {
    const { n8nServer } = await import('../../n8n/local-n8n.ts');
    companions.push(n8nServer(state, { ...local, ports: localN8n(local.portOffset) }));
  }
  return companions;
}

/** Starts the platform and stays with it until it is told to stop. Returns the exit code. */
export async function upAttached(
  state: StateFolder,
  only: readonly string[] | undefined,
  signals: Pick<NodeJS.EventEmitter, 'on'> = process,
): Promise<number> {
  const local = localPlatformOf(process.env, state);
  const companions = await companionsOf(local, state);
  const platform = createPlatform({
    ...local,
    companions,
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

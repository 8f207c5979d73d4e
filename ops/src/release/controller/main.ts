import { setInterval } from 'node:timers';
import { releasableProcess } from '../../commands/release/local-process.ts';
import { stateFolderOf } from '../../platform/environment.ts';
import { localPlatformOf } from '../../platform/local-platform.ts';
import { describeError } from '../../supervisor/command-error.ts';
import { runningSupervisor } from '../../supervisor/leftovers.ts';
import { controlRelease } from '../control-release.ts';

const [service = '', folder = '', version = '', speed = '1', by = ''] = process.argv.slice(2);
const state = stateFolderOf(process.env);
const ended = new AbortController();
// A version of a platform that has stopped is of no use to anybody.
const watch = setInterval(() => {
  if (runningSupervisor(state) === undefined) ended.abort();
}, 250);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => ended.abort());

try {
  const { plan } = localPlatformOf(process.env, state);
  await controlRelease({
    state,
    process: releasableProcess(plan, service),
    version: { name: version, folder },
    by,
    speed: Number(speed),
    stopping: ended.signal,
    // Whoever started it follows this release and no other.
    onStart: (id) => process.send?.(id, () => process.disconnect()),
  });
} catch (error) {
  if (!ended.signal.aborted) {
    console.error(describeError(error));
    process.exitCode = 1;
  }
} finally {
  clearInterval(watch);
}

import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** A worker as its own process, through its entry point. */
export function spawnWorker(settings: Readonly<Record<string, string | number>>) {
  const env = Object.entries(settings).map(([key, value]) => [
    `ORCHESTRATOR_${key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    String(value),
  ]);
  return spawn(process.execPath, [join(import.meta.dirname, '../../worker.ts')], {
    env: Object.fromEntries(env) as Record<string, string>,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

import { setTimeout as wait } from 'node:timers/promises';
import { lastLines, spawnServer } from '../local/child-server.ts';
import { LocalServerError } from '../local/local-server-error.ts';
import { requireFreePort } from '../local/ports.ts';

export type Daemon = { readonly url: string; readonly pid: number; stop(): Promise<void> };

const startTimeoutMs = 30_000;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
}

/** A program of Debian's that serves HTTP on loopback, installed and configured in `folder`. */
export type DaemonPlan = {
  readonly name: string;
  readonly program: string;
  readonly parameters: readonly string[];
  readonly folder: string;
  readonly port: number;
  readonly readyPath: string;
  /** All it sees of the environment besides the usual. */
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts it and waits until `readyPath` answers. */
export async function startDaemon(options: DaemonPlan): Promise<Daemon> {
  const { name, program, parameters, folder, port } = options;
  await requireFreePort(port, name);
  const logFile = `${folder}/${name}.log`;
  const server = await spawnServer(program, parameters, { cwd: folder, logFile });
  const url = `http://127.0.0.1:${port}`;
  const stop = () => server.stop('SIGTERM', 10_000);
  const deadline = performance.now() + startTimeoutMs;
  while (!(await answers(`${url}${options.readyPath}`))) {
    if (server.hasExited() || performance.now() > deadline) {
      await stop();
      throw new LocalServerError(
        `${name} did not start:\n${lastLines(logFile, 5)}\n`,
        `Its log is ${logFile}.`,
      );
    }
    await wait(50);
  }
  return { url, pid: server.pid, stop };
}

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastLines, spawnServer } from '../../local/child-server.ts';
import { ensureInstalled } from '../../local/debian-package.ts';
import { CommandError, describeError } from '../../supervisor/command-error.ts';
import { waitUntil } from '../../supervisor/probe.ts';
import { answers, dockerAt, type Docker } from './docker.ts';

export type Engine = {
  readonly docker: Docker;
  /** Where it listens; undefined for the one that ran already. */
  readonly host: string | undefined;
  readonly stop: () => Promise<void>;
};

const startLimitMs = 60_000;
const stopLimitMs = 30_000;

/** Nothing of the machine's network is touched: containers of this engine use the host's or none. */
const isolation = ['--bridge=none', '--iptables=false', '--ip6tables=false'];

/** Ends a process of ours when we are killed and cannot do it ourselves. Returns how to dismiss the guard. */
function guard(pid: number): () => void {
  const script = 'cat; kill -TERM "$0"';
  const waiting = spawn('sh', ['-c', script, String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  waiting.unref();
  return () => waiting.kill('SIGKILL');
}

/** Starts a Docker engine of our own with everything it stores in `folder`. */
export async function startEngine(folder: string): Promise<Engine> {
  ensureInstalled({
    product: 'Docker',
    program: 'dockerd',
    packages: ['docker.io'],
    elsewhere: 'or start the engine you have',
  });
  mkdirSync(folder, { recursive: true });
  // The path of a socket is limited to 107 bytes; that of a checkout is not.
  const runtime = mkdtempSync(join(tmpdir(), 'maxai-docker-'));
  const host = `unix://${runtime}/docker.sock`;
  const logFile = join(folder, 'dockerd.log');
  const server = await spawnServer(
    'dockerd',
    [
      `--host=${host}`,
      `--data-root=${join(folder, 'data')}`,
      `--exec-root=${join(runtime, 'exec')}`,
      `--pidfile=${join(runtime, 'docker.pid')}`,
      ...isolation,
    ],
    { logFile },
  );
  const dismiss = guard(server.pid);
  const stop = async () => {
    dismiss();
    await server.stop('SIGTERM', stopLimitMs);
    // The engine leaves the mount of its network namespace behind.
    spawnSync('umount', [join(runtime, 'exec/netns/default')]);
    rmSync(runtime, { recursive: true, force: true });
  };
  const isUp = await waitUntil(() => answers(host) || server.hasExited(), startLimitMs);
  if (!isUp || server.hasExited()) {
    await stop();
    throw new CommandError(
      `The Docker engine does not start here. Its last words:\n${lastLines(logFile, 5)}`,
      `see ${logFile}; or start an engine yourself and run it again`,
    );
  }
  return { docker: dockerAt(host), host, stop };
}

/** An engine that starts where it may run nothing. */
export class UselessEngineError extends CommandError {}

/** Runs a container of `image`, which has Node in it. Throws `UselessEngineError` when that does not go. */
export async function requireContainers(docker: Docker, image: string): Promise<void> {
  try {
    await docker.run(['run', '--rm', '--network=none', image, 'node', '--version']);
  } catch (error) {
    throw new UselessEngineError(
      `The Docker engine starts here but runs no container. ${describeError(error)}`,
      'see what it needs of this machine (cgroups, mounts), or use another machine',
    );
  }
}

/** The engine that runs on this machine, or one of our own that ends with `stop`. */
export async function findEngine(folder: string): Promise<Engine> {
  if (answers()) return { docker: dockerAt(), host: undefined, stop: async () => {} };
  return startEngine(folder);
}

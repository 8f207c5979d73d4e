import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import { openStateFolder } from '@maxai/ops/supervisor/state-folder';
import { sendSignal } from '@maxai/ops/supervisor/process-table';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chaosPlan } from '../chaos-plan.ts';
import type { Verdict } from '../judge-run.ts';
import {
  hostsOf,
  makeHosts,
  removeAbandonedHosts,
  removeHosts,
  requireNetworkTools,
} from './hosts.ts';

export type NetworkRun = {
  readonly port: number;
  readonly rate: number;
  readonly eachSeconds: number;
  readonly drainSeconds: number;
  /** The program that runs on the services' host and prints a verdict. */
  readonly program: string;
};

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes hosts, runs the platform on them and removes them again, whatever happens in between. Throws when there was
 * no verdict.
 */
export async function runNetwork(run: NetworkRun): Promise<Verdict> {
  requireNetworkTools(Number(process.getuid?.()));
  removeAbandonedHosts((pid) => existsSync(`/proc/${pid}`));
  const folder = mkdtempSync(join(tmpdir(), 'maxai-chaos-'));
  // Postgres runs under another account.
  chmodSync(folder, 0o711);
  const env = { ...process.env, MAXAI_STATE: folder, MAXAI_PORT: String(run.port) };
  const plan = chaosPlan(localPlatformOf(env, openStateFolder(folder)).plan);
  const hosts = hostsOf(process.pid);
  let child: ReturnType<typeof spawn> | undefined;
  const interrupted = new AbortController();
  const pass = (signal: NodeJS.Signals) => {
    interrupted.abort();
    if (child?.pid !== undefined) sendSignal(child.pid, signal);
  };
  for (const signal of signals) process.on(signal, pass);
  try {
    makeHosts(hosts, {
      data: [plan.postgres.port, ...plan.redis.map(({ port }) => port)],
      providers: plan.processes.filter(({ kind }) => kind === 'sandbox').map(({ port }) => port),
    });
    const { program, ...order } = run;
    const given = JSON.stringify({ ...order, hosts });
    child = spawn('ip', ['netns', 'exec', hosts.services, process.execPath, program, given], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said: string[] = [];
    child.stdout?.on('data', (text: Buffer) => said.push(text.toString()));
    const [code] = await once(child, 'close');
    if (interrupted.signal.aborted) throw new Error('interrupted: the hosts are removed again');
    if (code !== 0) throw new Error(`the run on the hosts ended with ${String(code)}`);
    // The program prints its verdict and nothing else.
    return JSON.parse(said.join('')) as Verdict;
  } finally {
    removeHosts(hosts);
    rmSync(folder, { recursive: true, force: true });
    for (const signal of signals) process.off(signal, pass);
  }
}

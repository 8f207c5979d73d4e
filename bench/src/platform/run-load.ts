import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { apiSender } from './api-sender.ts';
import { openPolicyProbe, type PolicyOrder } from './policy-probe.ts';
import { openPosting } from './posting.ts';
import { createProviderMix, type MixOptions } from './provider-mix.ts';
import { runOpenLoop, type LoadSummary } from './run-open-loop.ts';
import { webhookSender } from './webhook-sender.ts';

/** What one process of the load is told to do. */
export type LoadOrder = {
  readonly origin: string;
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly work:
    | ({ readonly kind: 'webhooks'; readonly watchEvery: number } & MixOptions)
    | { readonly kind: 'api'; readonly apiKey: string }
    | ({ readonly kind: 'policy' } & PolicyOrder);
};

export type LoadReport = LoadSummary & {
  /** Processor time of the load itself, for each second of it. */
  readonly cpuShare: number;
};

const connections = 128;

type Sender = {
  readonly send: (index: number) => Promise<string>;
  readonly close: () => Promise<void>;
};

async function openSender({ origin, work }: LoadOrder): Promise<Sender> {
  if (work.kind === 'policy') {
    const probe = await openPolicyProbe(origin, work);
    return { send: () => probe.check(), close: () => probe.close() };
  }
  const posting = openPosting(origin, connections);
  const send =
    work.kind === 'api'
      ? apiSender(posting, work.apiKey)
      : webhookSender(posting, createProviderMix(work));
  return { send, close: () => posting.close() };
}

export async function runLoad(order: LoadOrder): Promise<LoadReport> {
  const sender = await openSender(order);
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const summary = await runOpenLoop({ ...order, send: sender.send });
  const { user, system } = process.cpuUsage(before);
  await sender.close();
  return { ...summary, cpuShare: (user + system) / 1000 / (performance.now() - startedAt) };
}

/** In a process of its own, which ends with this one, so that making load and serving it share no event loop. */
export async function loadFromOwnProcess(order: LoadOrder): Promise<LoadReport> {
  // In a session of its own, as Linux shares its cores out between sessions first.
  const child = fork(join(import.meta.dirname, 'load/main.ts'), [JSON.stringify(order)], {
    detached: true,
  });
  const ended = once(child, 'exit');
  const told = once(child, 'message');
  const [report] = await Promise.race([told, ended.then(() => [undefined])]);
  if (report === undefined) throw new Error('the load ended without a report: see above');
  child.disconnect();
  await ended;
  // The process tells its report and nothing else.
  return report as LoadReport;
}

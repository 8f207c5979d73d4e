import { identitySecret } from '@maxai/topology/model';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { urlOf } from '../local-agency.ts';
import type { PlatformStack } from './platform-stack.ts';
import type { PreparedAgency } from './prepare-agency.ts';
import { countRequests } from './count-requests.ts';
import { databaseUrlOf, readFlowTimes, type FlowTimes } from './flow-times.ts';
import { loadFromOwnProcess, type LoadOrder, type LoadReport } from './run-load.ts';
import { growthFromSeconds } from './judge-platform.ts';
import { liveMemoryMb } from './live-memory.ts';
import type { LiveSample } from './process-figures.ts';
import { sampleProcesses, type ProcessSample } from './sample-processes.ts';
import { watchQueues } from './sample-queues.ts';

export type Rates = {
  readonly webhooksPerSecond: number;
  readonly apiPerSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

export type QueueSample = {
  readonly atSeconds: number;
  readonly depths: Readonly<Record<string, number>>;
};

export type MeasuredLoad = {
  readonly webhooks: LoadReport;
  readonly api: LoadReport;
  readonly policyCheck: LoadReport;
  readonly flows: FlowTimes;
  readonly queues: readonly QueueSample[];
  readonly samples: readonly Readonly<Record<string, ProcessSample>>[];
  readonly live: readonly LiveSample[];
  /** That each process answered between the first sample and the last. */
  readonly requests: Readonly<Record<string, number>>;
  /** From the end of the load until every queue was empty. */
  readonly drainedSeconds: number;
};

/** Two each second of each kind that a flow waits for. */
const watchedPerSecond = 8;
const policyChecksPerSecond = 5;
const drainLimitSeconds = 120;
/** Reading a process's memory map holds it up, so rarely. */
const samplesMax = 40;
const sampleGapMs = 5000;
/** A full collection holds a process up, so few, spread over the second half. */
const liveSamples = 5;

const watchEveryAt = (perSecond: number) => Math.max(1, Math.round(perSecond / watchedPerSecond));

function ordersOf(origin: string, agency: PreparedAgency, rates: Rates): [LoadOrder, LoadOrder] {
  const { warmUpSeconds, seconds } = rates;
  const shared = { origin, warmUpSeconds, seconds };
  const watchEvery = watchEveryAt(rates.webhooksPerSecond);
  return [
    {
      ...shared,
      perSecond: rates.webhooksPerSecond,
      work: { kind: 'webhooks', watchEvery, ...agency.mix },
    },
    {
      ...shared,
      perSecond: rates.apiPerSecond,
      work: { kind: 'api', apiKey: agency.apiKey },
    },
  ];
}

/** The same two loads on a server that does nothing, in a process of its own. */
export async function measureFloor(
  agency: PreparedAgency,
  rates: Rates,
): Promise<{ readonly webhooks: LoadReport; readonly api: LoadReport }> {
  const child = fork(join(import.meta.dirname, 'floor/main.ts'), {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [port] = await once(child, 'message');
  const orders = ordersOf(`http://127.0.0.1:${String(port)}`, agency, rates);
  const [webhooks, api] = await Promise.all([
    loadFromOwnProcess(orders[0]),
    loadFromOwnProcess(orders[1]),
  ]);
  child.disconnect();
  await once(child, 'exit');
  return { webhooks, api };
}

function difference([before = {}, after = {}]: readonly Record<string, number>[]) {
  return Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]),
  );
}

/** What each Node process still needs, one after the other. */
async function sampleLive({ state, plan }: PlatformStack): Promise<LiveSample> {
  const atMs = performance.now();
  const nodes = new Set(plan.processes.map(({ name }) => name));
  const mb: Record<string, number> = {};
  for (const { name, pid } of state.readSupervisor()?.children ?? []) {
    if (nodes.has(name)) mb[name] = await liveMemoryMb(pid);
  }
  return { atMs, mb };
}

/** Loads the platform through its edge for a while and returns what was seen from outside and inside. */
export async function measureLoad(
  stack: PlatformStack,
  agency: PreparedAgency,
  rates: Rates,
): Promise<MeasuredLoad> {
  const { warmUpSeconds, seconds } = rates;
  const queues = await watchQueues(stack.plan);
  const samples: Record<string, ProcessSample>[] = [];
  const depths: QueueSample[] = [];
  const counts: Record<string, number>[] = [];
  const live: LiveSample[] = [];
  const ended = new AbortController();
  const startedAt = performance.now();
  const secondsSince = () => (performance.now() - startedAt) / 1000;

  async function sample(): Promise<void> {
    samples.push(sampleProcesses(stack.state));
    depths.push({ atSeconds: Math.round(secondsSince()), depths: await queues.depths() });
  }
  async function keepSampling(): Promise<void> {
    const gapMs = Math.max(sampleGapMs, (seconds * 1000) / samplesMax);
    await wait(warmUpSeconds * 1000);
    counts.push(await countRequests(stack.plan));
    while (!ended.signal.aborted) {
      await sample();
      await wait(gapMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }
  async function keepAskingLive(): Promise<void> {
    if (seconds < growthFromSeconds) return;
    const halfMs = (seconds * 1000) / 2;
    await wait(warmUpSeconds * 1000 + halfMs);
    for (let taken = 0; taken < liveSamples; taken += 1) {
      live.push(await sampleLive(stack));
      if (taken < liveSamples - 1) await wait((0.9 * halfMs) / (liveSamples - 1));
    }
  }

  const [webhookOrder, apiOrder] = ordersOf(stack.origin, agency, rates);
  const sampling = keepSampling();
  const from = new Date(Date.now() + warmUpSeconds * 1000);
  try {
    const [webhooks, api, policyCheck] = await Promise.all([
      loadFromOwnProcess(webhookOrder),
      loadFromOwnProcess(apiOrder),
      loadFromOwnProcess({
        origin: urlOf(stack.plan, 'iam'),
        perSecond: policyChecksPerSecond,
        warmUpSeconds,
        seconds,
        work: {
          kind: 'policy',
          privateJwk: String(stack.secrets[identitySecret('api-gateway')]),
          apiKey: agency.apiKey,
        },
      }),
      keepAskingLive(),
    ]);
    const to = new Date();
    ended.abort();
    await sampling;
    await sample();
    counts.push(await countRequests(stack.plan));
    const drainFrom = performance.now();
    const isEmpty = async () => Object.values(await queues.depths()).every((depth) => depth === 0);
    const drainedSeconds = () => (performance.now() - drainFrom) / 1000;
    while (!(await isEmpty()) && drainedSeconds() < drainLimitSeconds) await wait(100);
    const drained = drainedSeconds();
    const { tenantId } = agency;
    const database = databaseUrlOf(stack.plan, stack.secrets);
    const flows = await readFlowTimes(database, { tenantId, from, to });
    return {
      webhooks,
      api,
      policyCheck,
      flows,
      queues: depths,
      samples,
      live,
      requests: difference(counts),
      drainedSeconds: drained,
    };
  } finally {
    ended.abort();
    await sampling;
    await queues.close();
  }
}

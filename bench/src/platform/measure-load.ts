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
import { ordersOf, type Rates } from './load-orders.ts';
import { loadFromOwnProcess, type LoadReport } from './run-load.ts';
import { watchMachineSpeed } from './machine-speed.ts';
import { sampleProcesses, type ProcessSample } from './sample-processes.ts';
import { watchQueues } from './sample-queues.ts';

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
  /** That each process answered between the first sample and the last. */
  readonly requests: Readonly<Record<string, number>>;
  /** How long one and the same piece of work took in each tenth of the time: how fast the machine itself was. */
  readonly workMsOfTenths: readonly number[];
  /** From the end of the load until every queue was empty. */
  readonly drainedSeconds: number;
};

const policyChecksPerSecond = 5;
const depthSamples = 10;
/** Reading a process's memory map holds it up, so only at the start, in the middle and at the end. */
const memorySamples = 2;

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
  const ended = new AbortController();
  const startedAt = performance.now();
  const secondsSince = () => (performance.now() - startedAt) / 1000;

  let speed = Promise.resolve<number[]>([]);
  const takeSample = () => samples.push(sampleProcesses(stack.state));
  async function keepSampling(): Promise<void> {
    await wait(warmUpSeconds * 1000);
    counts.push(await countRequests(stack.plan));
    speed = watchMachineSpeed(10, ended.signal);
    for (let taken = 0; taken < depthSamples && !ended.signal.aborted; taken += 1) {
      if (taken % (depthSamples / memorySamples) === 0) takeSample();
      depths.push({ atSeconds: Math.round(secondsSince()), depths: await queues.depths() });
      const gapMs = (seconds * 1000) / depthSamples;
      await wait(gapMs, undefined, { signal: ended.signal }).catch(() => undefined);
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
    ]);
    const to = new Date();
    ended.abort();
    await sampling;
    takeSample();
    counts.push(await countRequests(stack.plan));
    const drainedSeconds = await queues.drained();
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
      requests: difference(counts),
      workMsOfTenths: await speed,
      drainedSeconds,
    };
  } finally {
    ended.abort();
    await sampling;
    await queues.close();
  }
}

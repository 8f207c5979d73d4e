import { databaseUrlOf } from '@maxai/bench/flow-times';
import type { PlatformStack } from '@maxai/bench/platform-stack';
import { prepareAgency } from '@maxai/bench/prepare-agency';
import { createProviderMix } from '@maxai/bench/provider-mix';
import { urlOf } from '@maxai/bench/local-agency';
import { setTimeout as wait } from 'node:timers/promises';
import { chaosFlows } from './chaos-flows.ts';
import { witness } from './chaos-plan.ts';
import { readTraces } from './count-traces.ts';
import { judgeRun, type Disturbance, type Verdict } from './judge-run.ts';
import { sendDeliveries } from './send-deliveries.ts';
import { writePrompts } from './write-prompts.ts';

export type ChaosOptions = {
  readonly seconds: number;
  readonly rate: number;
  /** How long what was accepted may take to come to rest once nothing is disturbed any more. */
  readonly drainSeconds: number;
  /** What is done to the platform while it is loaded. */
  readonly disturb: () => Promise<Disturbance[]>;
};

const watchEvery = 16;
const invoices = 20;
const promptsPerSecond = 5;
const attemptsMax = 60;
const pauseMs = 1000;
const pollMs = 1000;

export type ChaosSite = Omit<PlatformStack, 'close'>;

/** Loads a platform, disturbs it under the load, and judges what is left behind. */
export async function runChaos(site: ChaosSite, options: ChaosOptions): Promise<Verdict> {
  const { plan, origin } = site;
  const { rate, seconds } = options;
  const witnessUrl = urlOf(plan, witness);
  // It remembers this run and no other.
  await fetch(`${witnessUrl}/_control/reset`, { method: 'POST' });
  const stripeUrl = `${witnessUrl}/stripe`;
  const agency = await prepareAgency({ ...site, stripeUrl, invoices, flows: chaosFlows });
  const mix = createProviderMix({ ...agency.mix, watchEvery });
  const prompts = { origin, apiKey: agency.apiKey, perSecond: promptsPerSecond, seconds };
  const [sent, promptIds, disturbances] = await Promise.all([
    sendDeliveries({ origin, mix, rate, seconds, attemptsMax, pauseMs }),
    writePrompts(prompts),
    options.disturb(),
  ]);
  const source = {
    databaseUrl: databaseUrlOf(plan, site.secrets),
    witnessUrl,
    tenantId: agency.tenantId,
  };
  const judge = async () =>
    judgeRun({ ...sent, promptIds }, disturbances, await readTraces(source));
  const deadline = performance.now() + options.drainSeconds * 1000;
  let verdict = await judge();
  while (!verdict.passed && performance.now() < deadline) {
    await wait(pollMs);
    verdict = await judge();
  }
  return verdict;
}

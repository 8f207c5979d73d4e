import { createApiClient } from '@maxai/api-client';
import { createLocalAgency, urlOf, type LocalAgency } from '@maxai/bench/local-agency';
import { stateFolderOf } from '@maxai/ops/platform/environment';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { setTimeout as wait } from 'node:timers/promises';
import { readTraces, type Traces } from './count-traces.ts';
import { isDrained, judgeRun, type Verdict } from './judge-run.ts';
import { killInTurn } from './kill-in-turn.ts';
import { sendDeliveries, watchedAgent } from './send-deliveries.ts';

export type ChaosOptions = {
  readonly seconds: number;
  readonly rate: number;
  /** How long what was accepted may take to come to rest once nothing is killed any more. */
  readonly drainSeconds: number;
  readonly victims: readonly string[];
};

/** The processes a run needs; the topology adds what these depend on. */
export const chaosProcesses = [
  'api-gateway',
  'orchestrator-worker',
  'billing-usage-worker',
] as const;

/** Each of them loses its memory; the sandbox is spared, because its memory is the witness. */
export const allVictims = [
  'webhook-ingress',
  'orchestrator-worker',
  'redis-queue',
  'redis-cache',
  'postgres',
] as const;

const matchEvery = 16;
const retellKey = 'key_sandbox_retell';

/** Connects Retell and Twilio and activates a flow of one message. Returns the Retell connection's id. */
async function prepare(plan: LocalPlan, agency: LocalAgency): Promise<string> {
  const connectionId = await agency.connect({
    provider: 'retell',
    account: {},
    credentials: { apiKey: retellKey },
    webhookSecrets: [retellKey],
  });
  const authToken = 'sandbox-twilio-auth-token';
  await agency.connect({
    provider: 'twilio',
    account: { accountSid: 'AC00000000000000000000000000000001', phoneNumber: '+15550001111' },
    credentials: { accountSid: 'AC00000000000000000000000000000001', authToken },
    webhookSecrets: [authToken],
  });
  const api = createApiClient({
    baseUrl: urlOf(plan, 'api-gateway'),
    headers: { authorization: `Bearer ${agency.apiKey}` },
  });
  const { id } = await api.call('createFlow', {
    body: {
      name: 'Thank the caller',
      clientId: agency.clientId,
      document: {
        version: 1,
        trigger: { event: 'call.ended', filter: `event.data.agentId = '${watchedAgent}'` },
        steps: [
          {
            key: 'thank',
            action: 'messaging.send',
            input: {
              to: '= event.subject.phone',
              body: "= 'Thank you, about ' & event.externalId",
            },
          },
        ],
      },
    },
  });
  await api.call('setFlowStatus', { params: { flowId: id }, body: { status: 'active' } });
  return connectionId;
}

async function drained(read: () => Promise<Traces>, seconds: number): Promise<Traces> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const traces = await read();
    if (isDrained(traces) || performance.now() > deadline) return traces;
    await wait(500);
  }
}

/** Loads the platform that runs from `MAXAI_STATE`, kills under the load, and judges what is left behind. */
export async function runChaos(
  env: Readonly<Record<string, string | undefined>>,
  options: ChaosOptions,
): Promise<Verdict> {
  const state = stateFolderOf(env);
  const { plan, secrets } = localPlatformOf(env, state);
  const agency = await createLocalAgency(plan, secrets);
  const { tenantId } = agency;
  const connectionId = await prepare(plan, agency);
  await agency.close();
  const sending = sendDeliveries({
    origin: urlOf(plan, 'webhook-ingress'),
    path: `/webhooks/retell/${connectionId}`,
    secret: retellKey,
    rate: options.rate,
    seconds: options.seconds,
    matchEvery,
    attemptsMax: 20,
    pauseMs: 1000,
  });
  const [sent, kills] = await Promise.all([
    sending,
    killInTurn(state, options.victims, options.seconds),
  ]);
  const password = encodeURIComponent(String(secrets[plan.postgres.adminPasswordSecret]));
  const { port, database } = plan.postgres;
  const databaseUrl = `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
  const sandboxUrl = urlOf(plan, 'sandbox');
  const read = () => readTraces({ databaseUrl, sandboxUrl, tenantId });
  return judgeRun(sent, kills, await drained(read, options.drainSeconds));
}

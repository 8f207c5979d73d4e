import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { DrillAgency } from './drill-agency.ts';

/** One signed webhook and what became of it; times are milliseconds since the epoch. */
export type Delivery = {
  readonly callId: string;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** Whether the platform promised to keep it. */
  readonly acknowledged: boolean;
  /** The status, or why there was none. */
  readonly answer: string;
};

export type WebhookLoad = {
  readonly deliveries: readonly Delivery[];
  /** From here on, another edge takes the requests. */
  readonly sendTo: (origin: string) => void;
  /** Resolves when `count` deliveries that were sent after this call are acknowledged. */
  readonly untilAcknowledged: (count: number, limitMs: number) => Promise<boolean>;
  readonly stop: () => Promise<readonly Delivery[]>;
};

const timeoutMs = 5_000;
const pollMs = 50;

/** Posts signed webhooks at a steady rate, each once, whatever the answers are. */
export function startWebhookLoad(given: {
  readonly origin: string;
  readonly agency: DrillAgency;
  readonly perSecond: number;
}): WebhookLoad {
  const { connectionId, webhookSecret } = given.agency;
  const dispatcher = new Agent({ connections: 32, connect: { timeout: timeoutMs } });
  const deliveries: Delivery[] = [];
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  let { origin } = given;
  let sent = 0;

  async function post(body: string): Promise<number> {
    const signature = signRetell({ rawBody: body, apiKey: webhookSecret, nowMs: Date.now() });
    const answer = await request(`${origin}/webhooks/retell/${connectionId}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signature },
      body,
      dispatcher,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body.dump();
    return answer.statusCode;
  }

  async function deliver(): Promise<void> {
    sent += 1;
    const callId = `call_drill_${sent}`;
    const sentAtMs = Date.now();
    const event = buildRetellEvent({
      event: 'call_started',
      nowMs: sentAtMs,
      call: { call_id: callId },
    });
    const answer = await post(JSON.stringify(event)).catch((error: unknown) => String(error));
    const acknowledged = typeof answer === 'number' && answer >= 200 && answer < 300;
    const answeredAtMs = Date.now();
    deliveries.push({ callId, sentAtMs, answeredAtMs, acknowledged, answer: String(answer) });
  }

  async function run(): Promise<void> {
    const gapMs = 1000 / given.perSecond;
    while (!stopping.signal.aborted) {
      const delivery = deliver().finally(() => underWay.delete(delivery));
      underWay.add(delivery);
      await wait(gapMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await Promise.all(underWay);
    await dispatcher.close();
  }

  const running = run();
  return {
    deliveries,
    sendTo: (next) => {
      origin = next;
    },
    async untilAcknowledged(count, limitMs) {
      const fromMs = Date.now();
      const deadline = fromMs + limitMs;
      const fresh = () =>
        deliveries.filter((it) => it.acknowledged && it.sentAtMs >= fromMs).length;
      while (fresh() < count && Date.now() < deadline) await wait(pollMs);
      return fresh() >= count;
    },
    async stop() {
      stopping.abort();
      await running;
      return deliveries;
    },
  };
}

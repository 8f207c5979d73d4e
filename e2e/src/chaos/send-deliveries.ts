import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

export type SendOptions = {
  readonly origin: string;
  readonly path: string;
  readonly secret: string;
  /** Deliveries begun in each second, answered or not. */
  readonly rate: number;
  readonly seconds: number;
  /** One in so many is a call that ended at the watched agent and starts the flow. */
  readonly matchEvery: number;
  /** How often a provider tries before it gives a delivery up, and how long it pauses in between. */
  readonly attemptsMax: number;
  readonly pauseMs: number;
};

export type SendOutcome = {
  /** Calls whose delivery was acknowledged, matching ones included. */
  readonly acknowledged: ReadonlySet<string>;
  /** Of these, the calls that start the flow. */
  readonly matching: ReadonlySet<string>;
  /** Calls given up after the last attempt; stored or not, nobody promised. */
  readonly givenUp: ReadonlySet<string>;
  readonly attempts: number;
};

export const watchedAgent = 'agent_chaos';
const tickMs = 20;
const timeoutMs = 10_000;

/**
 * Posts like a provider: at a steady rate whatever the answers, each delivery again, with a new signature, until it is
 * acknowledged or given up.
 */
export async function sendDeliveries(options: SendOptions): Promise<SendOutcome> {
  const pool = new Pool(options.origin, { connections: 256, pipelining: 1 });
  const acknowledged = new Set<string>();
  const matching = new Set<string>();
  const givenUp = new Set<string>();
  let attempts = 0;

  async function isAcknowledged(body: string): Promise<boolean> {
    attempts += 1;
    const signature = signRetell({ rawBody: body, apiKey: options.secret, nowMs: Date.now() });
    try {
      const response = await pool.request({
        method: 'POST',
        path: options.path,
        headers: { 'content-type': 'application/json', ...signature },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body.dump();
      return response.statusCode >= 200 && response.statusCode < 300;
    } catch {
      return false;
    }
  }

  async function deliver(index: number): Promise<void> {
    const callId = `call_chaos_${index}`;
    const matches = index % options.matchEvery === 0;
    const event = buildRetellEvent({
      event: matches ? 'call_ended' : 'call_started',
      nowMs: Date.now(),
      call: {
        call_id: callId,
        from_number: `+1213${String(7_000_000 + index)}`,
        ...(matches && { agent_id: watchedAgent }),
      },
    });
    const body = JSON.stringify(event);
    for (let attempt = 1; attempt <= options.attemptsMax; attempt += 1) {
      if (await isAcknowledged(body)) {
        acknowledged.add(callId);
        if (matches) matching.add(callId);
        return;
      }
      await wait(options.pauseMs);
    }
    givenUp.add(callId);
  }

  const total = options.rate * options.seconds;
  const startedAt = performance.now();
  const deliveries: Promise<void>[] = [];
  while (deliveries.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * options.rate));
    while (deliveries.length < due) deliveries.push(deliver(deliveries.length));
    await wait(tickMs);
  }
  await Promise.all(deliveries);
  await pool.close();
  return { acknowledged, matching, givenUp, attempts };
}

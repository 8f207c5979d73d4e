import type { MixedWebhook } from '@maxai/bench/provider-mix';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

type Marked = MixedWebhook & { readonly watched: boolean };

export type SendOptions = {
  readonly origin: string;
  /** The webhooks by their number; the marked ones start a flow. */
  readonly mix: (index: number) => Marked;
  /** Deliveries begun in each second, answered or not. */
  readonly rate: number;
  readonly seconds: number;
  /** How often a provider tries before it gives a delivery up, and how long it pauses in between. */
  readonly attemptsMax: number;
  readonly pauseMs: number;
};

/** One webhook that was acknowledged. */
export type Acknowledged = Pick<
  Marked,
  'provider' | 'kind' | 'subject' | 'dedupeKey' | 'watched' | 'about'
> & {
  /** By the clock of `performance.now()`. */
  readonly atMs: number;
};

export type SendOutcome = {
  readonly acknowledged: readonly Acknowledged[];
  /** Given up after the last attempt; stored or not, nobody promised. */
  readonly givenUp: number;
  readonly attempts: number;
};

const tickMs = 20;
const timeoutMs = 10_000;

/**
 * Posts like providers: at a steady rate whatever the answers, each delivery again, with a new signature, until it is
 * acknowledged or given up.
 */
export async function sendDeliveries(options: SendOptions): Promise<SendOutcome> {
  const pool = new Pool(options.origin, { connections: 256, pipelining: 1 });
  const acknowledged: Acknowledged[] = [];
  let givenUp = 0;
  let attempts = 0;

  async function isAcknowledged(webhook: Marked): Promise<boolean> {
    attempts += 1;
    try {
      const response = await pool.request({
        method: 'POST',
        path: webhook.path,
        headers: webhook.headers(Date.now()),
        body: webhook.body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body.dump();
      return response.statusCode >= 200 && response.statusCode < 300;
    } catch {
      return false;
    }
  }

  async function deliver(index: number): Promise<void> {
    const webhook = options.mix(index);
    for (let attempt = 1; attempt <= options.attemptsMax; attempt += 1) {
      if (await isAcknowledged(webhook)) {
        const { provider, kind, subject, about, dedupeKey, watched } = webhook;
        const atMs = performance.now();
        acknowledged.push({ provider, kind, subject, about, dedupeKey, watched, atMs });
        return;
      }
      await wait(options.pauseMs);
    }
    givenUp += 1;
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
  return { acknowledged, givenUp, attempts };
}

import { openPosting } from '@maxai/bench/posting';
import type { MixedWebhook } from '@maxai/bench/provider-mix';
import { setTimeout as wait } from 'node:timers/promises';

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
const connections = 256;

/**
 * Posts like providers: at a steady rate whatever the answers, each delivery again, with a new signature, until it is
 * acknowledged or given up.
 */
export async function sendDeliveries(options: SendOptions): Promise<SendOutcome> {
  const posting = openPosting(options.origin, connections);
  const acknowledged: Acknowledged[] = [];
  let givenUp = 0;
  let attempts = 0;

  async function isAcknowledged(webhook: Marked): Promise<boolean> {
    attempts += 1;
    const { path, body } = webhook;
    const asked = { method: 'POST', path, headers: webhook.headers(Date.now()), body } as const;
    return (await posting.ask(asked, 200)) === 'ok';
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
  await posting.close();
  return { acknowledged, givenUp, attempts };
}

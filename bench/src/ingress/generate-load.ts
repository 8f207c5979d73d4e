import { buildRetellEvent } from '@maxai/sandbox/payloads';
import { signRetell } from '@maxai/sandbox/signing';
import { Pool } from 'undici';
import { percentile } from '../statistics.ts';

export type LoadOptions = {
  readonly origin: string;
  readonly path: string;
  /** What Retell signs with. */
  readonly secret: string;
  /** Deliveries under way at once. */
  readonly concurrency: number;
  /** Sent before anything is counted. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

export type LoadResult = {
  readonly acknowledged: number;
  readonly refused: number;
  readonly acksPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

const callIdPlace = 'call_place_of_the_id';

/** Bodies that differ in the call's id alone, so that making one costs next to nothing. */
function bodyMaker(): () => string {
  const { call, event } = buildRetellEvent({
    event: 'call_ended',
    nowMs: Date.now(),
    call: { call_id: callIdPlace },
  });
  const [before, after] = JSON.stringify({ event, call }).split(callIdPlace);
  const run = `call_${process.pid}_${Date.now()}_`;
  let count = 0;
  return () => `${before}${run}${(count += 1)}${after}`;
}

/** Posts signed Retell deliveries, each of its own call, and counts what was acknowledged while it measured. */
export async function generateLoad(options: LoadOptions): Promise<LoadResult> {
  const { origin, path, secret, concurrency } = options;
  const pool = new Pool(origin, { connections: concurrency, pipelining: 1 });
  const nextBody = bodyMaker();
  const startedAt = performance.now();
  const from = startedAt + options.warmUpSeconds * 1000;
  const until = from + options.seconds * 1000;
  const durations: number[] = [];
  let refused = 0;

  async function post(): Promise<void> {
    const body = nextBody();
    const sentAt = performance.now();
    const signature = signRetell({ rawBody: body, apiKey: secret, nowMs: Date.now() });
    const response = await pool.request({
      method: 'POST',
      path,
      headers: { 'content-type': 'application/json', ...signature },
      body,
    });
    await response.body.dump();
    const endedAt = performance.now();
    if (endedAt < from || endedAt > until) return;
    if (response.statusCode === 200) durations.push(endedAt - sentAt);
    else refused += 1;
  }

  async function keepPosting(): Promise<void> {
    while (performance.now() < until) await post();
  }

  await Promise.all(Array.from({ length: concurrency }, keepPosting));
  await pool.close();
  return {
    acknowledged: durations.length,
    refused,
    acksPerSecond: durations.length / options.seconds,
    p50Ms: percentile(durations, 0.5),
    p99Ms: percentile(durations, 0.99),
  };
}

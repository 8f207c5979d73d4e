import type { Delivery } from './webhook-load.ts';

export type Measured = {
  readonly acknowledged: number;
  readonly lost: number;
  /** From the last acknowledgement before the disaster to the first after the recovery. */
  readonly rtoSeconds: number;
  /** From the last acknowledged delivery that was kept to the last one before the outage; 0 when none was lost. */
  readonly rpoSeconds: number;
};

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

/** Judges a load by the calls the recovered database holds. Throws when nothing was acknowledged on either side. */
export function measure(
  deliveries: readonly Delivery[],
  stored: ReadonlySet<string>,
  struckAtMs: number,
): Measured {
  const acknowledged = deliveries
    .filter((delivery) => delivery.acknowledged)
    .toSorted((left, right) => left.answeredAtMs - right.answeredAtMs);
  const lastRefusedMs = Math.max(
    struckAtMs,
    ...deliveries
      .filter((delivery) => !delivery.acknowledged && delivery.answeredAtMs > struckAtMs)
      .map(({ sentAtMs }) => sentAtMs),
  );
  const before = acknowledged.findLast(({ answeredAtMs }) => answeredAtMs <= struckAtMs);
  const after = acknowledged.find(({ sentAtMs }) => sentAtMs > lastRefusedMs);
  if (before === undefined || after === undefined) {
    throw new Error(
      'the load was not acknowledged both before the disaster and after the recovery',
    );
  }
  const old = acknowledged.filter(({ sentAtMs }) => sentAtMs <= lastRefusedMs);
  const lost = acknowledged.filter(({ callId }) => !stored.has(callId));
  const oldestLostMs = lost[0]?.answeredAtMs ?? Infinity;
  const lastKept = old.findLast(
    ({ callId, answeredAtMs }) => answeredAtMs < oldestLostMs && stored.has(callId),
  );
  // The disaster came after `before`, which is therefore among the old ones.
  const lastOld = old.at(-1) as Delivery;
  return {
    acknowledged: acknowledged.length,
    lost: lost.length,
    rtoSeconds: seconds(after.answeredAtMs - before.answeredAtMs),
    rpoSeconds:
      lost.length === 0
        ? 0
        : seconds(lastOld.answeredAtMs - (lastKept ?? acknowledged[0] ?? lastOld).answeredAtMs),
  };
}

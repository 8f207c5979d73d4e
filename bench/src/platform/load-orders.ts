import type { PreparedAgency } from './prepare-agency.ts';
import type { LoadOrder } from './run-load.ts';

export type Rates = {
  readonly webhooksPerSecond: number;
  readonly apiPerSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
};

/** Two each second of each kind that a flow waits for. */
const watchedPerSecond = 8;

const watchEveryAt = (perSecond: number) => Math.max(1, Math.round(perSecond / watchedPerSecond));

/** The two loads that stand for everybody who asks: providers and users. */
export function ordersOf(
  origin: string,
  agency: PreparedAgency,
  rates: Rates,
): [LoadOrder, LoadOrder] {
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

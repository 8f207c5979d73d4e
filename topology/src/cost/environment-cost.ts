import { platformCharge, secretsReadIn } from '../cloud-identities.ts';
import { cloudSizing } from '../environments/cloud-sizing.ts';
import type { CloudSizing } from '../model/cloud.ts';
import type { Backend, CloudTarget, Environment, NodePoolName, Platform } from '../model/index.ts';
import { required } from '../required.ts';
import { hoursPerMonth, priceTables, type PriceTable } from './price-table.ts';

/** One thing that is paid for by the month. */
export type CostLine = {
  readonly environment: Environment['name'];
  readonly cloud: CloudTarget['kind'];
  readonly service: string;
  readonly costCentre: string;
  readonly item: string;
  readonly quantity: number;
  readonly unit: string;
  readonly monthlyUsd: number;
};

type Charged = Pick<CostLine, 'service' | 'costCentre'>;
type Amount = Pick<CostLine, 'item' | 'quantity' | 'unit' | 'monthlyUsd'>;

const shared: Charged = {
  service: platformCharge.service,
  costCentre: platformCharge.costCentre,
};

/** The price of a type; throws with the file that lacks it. */
export function priceOf(prices: Readonly<Record<string, number>>, type: string): number {
  return required(prices[type], `${type} has no price: add it to topology/src/cost/price-table.ts`);
}

function hourly(item: string, quantity: number, unit: string, hour: number): Amount {
  return { item, quantity, unit, monthlyUsd: quantity * hour * hoursPerMonth };
}

/**
 * Nodes at the pool's minimum, shared out by the CPU each process asks for at its own minimum; what no process asks
 * for is the platform's.
 */
function nodeLines(
  platform: Platform,
  sizing: CloudSizing,
  prices: PriceTable,
): (Charged & Amount)[] {
  const backends: readonly Backend[] = [...platform.services, ...platform.workers];
  const pools = Object.entries(sizing.nodePools) as [
    NodePoolName,
    CloudSizing['nodePools']['api-pool'],
  ][];
  return pools.flatMap(([pool, { machine, nodesMin }]) => {
    const poolMonth = nodesMin * priceOf(prices.machineHour, machine.type) * hoursPerMonth;
    const millicores = nodesMin * machine.vcpu * 1000;
    const shares = backends
      .filter(({ nodePool }) => nodePool === pool)
      .map(({ name, costCentre, scaling, resources }) => ({
        service: name,
        costCentre,
        share: (scaling.min * resources.cpuRequestMillicores) / Math.max(millicores, 1),
      }));
    const asked = shares.reduce((sum, { share }) => sum + share, 0);
    // More asked for than one minimum of nodes has: the pool grows, and everybody pays a part of what there is.
    const scale = asked > 1 ? 1 / asked : 1;
    const line = (of: Charged, share: number) => ({
      ...of,
      item: `nodes of ${pool}`,
      quantity: nodesMin * share,
      unit: machine.type,
      monthlyUsd: poolMonth * share,
    });
    return [
      ...shares.map(({ service, costCentre, share }) =>
        line({ service, costCentre }, share * scale),
      ),
      line(shared, Math.max(0, 1 - asked)),
    ];
  });
}

function dataLines(environment: Environment, sizing: CloudSizing, prices: PriceTable): Amount[] {
  const { postgres, redis } = environment;
  const standby = postgres.highAvailability === 'none' ? 1 : prices.highAvailabilityFactor;
  const storageGb = postgres.storageGb ?? 0;
  const redisFactor = redis.cache.replicatedAcrossZones ? prices.redisReplicaFactor : 1;
  return [
    hourly(
      'PostgreSQL',
      standby,
      sizing.postgres.type,
      priceOf(prices.postgresHour, sizing.postgres.type),
    ),
    {
      item: 'PostgreSQL storage',
      quantity: storageGb * standby,
      unit: 'GB',
      monthlyUsd: storageGb * standby * prices.postgresStorageGbMonth,
    },
    {
      item: 'backups, as large as the data',
      quantity: storageGb,
      unit: 'GB',
      monthlyUsd: postgres.backups === null ? 0 : storageGb * prices.backupGbMonth,
    },
    hourly(
      'Redis, cache and queue',
      2 * redisFactor,
      sizing.redis.type,
      priceOf(prices.redisHour, sizing.redis.type),
    ),
  ];
}

function sharedLines(
  platform: Platform,
  environment: Environment,
  sizing: CloudSizing,
  prices: PriceTable,
): Amount[] {
  const secrets = secretsReadIn(platform, environment).length;
  const zones = environment.cluster.zones === 'multi-zone' ? 3 : 1;
  const n8n =
    environment.n8n.host === 'dedicated VM'
      ? [hourly('n8n', 1, sizing.n8n.type, priceOf(prices.machineHour, sizing.n8n.type))]
      : [];
  return [
    hourly('cluster', 1, 'control plane', prices.clusterHour),
    hourly('load balancer', 1, 'L7', prices.loadBalancerHour),
    hourly('way out', zones, 'NAT gateway', prices.natGatewayHour),
    {
      item: 'secrets',
      quantity: secrets,
      unit: 'secret',
      monthlyUsd: secrets * prices.secretMonth,
    },
    ...n8n,
    ...dataLines(environment, sizing, prices),
  ];
}

/** What an environment costs a month on one cloud at its least, before traffic; development costs nothing. */
export function environmentCost(
  platform: Platform,
  environment: Environment,
  cloud: CloudTarget['kind'],
): CostLine[] {
  if (environment.name === 'development') return [];
  const prices = priceTables[cloud];
  const sizing = cloudSizing(environment, cloud);
  const about = { environment: environment.name, cloud };
  return [
    ...nodeLines(platform, sizing, prices),
    ...sharedLines(platform, environment, sizing, prices).map((amount) => ({
      ...shared,
      ...amount,
    })),
  ]
    .filter(({ monthlyUsd }) => monthlyUsd > 0)
    .map((line) => ({ ...about, ...line }));
}

/** What the lines come to by one of their labels, largest first. */
export function sumBy(
  lines: readonly CostLine[],
  label: 'environment' | 'service' | 'costCentre' | 'item' | 'cloud',
): { readonly name: string; readonly monthlyUsd: number }[] {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(line[label], (sums.get(line[label]) ?? 0) + line.monthlyUsd);
  return [...sums]
    .map(([name, monthlyUsd]) => ({ name, monthlyUsd }))
    .toSorted((a, b) => b.monthlyUsd - a.monthlyUsd);
}

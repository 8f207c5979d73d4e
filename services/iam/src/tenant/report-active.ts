import { atMostEvery, gauge } from '@maxai/runtime/telemetry';
import type { Context } from '../context.ts';
import { countActive } from './tenant-store.ts';

/** Long enough that scrapes cost the database nothing, short enough for a dashboard. */
const intervalMs = 30_000;

/** Lets the metrics tell how many tenants and clients are active; both numbers are of one moment. */
export function reportActive({ metrics, database }: Pick<Context, 'metrics' | 'database'>): void {
  const counted = atMostEvery(() => countActive(database), { intervalMs });
  gauge(metrics, 'active_tenants', async () => [{ labels: {}, value: (await counted()).tenants }]);
  gauge(metrics, 'active_clients', async () => [{ labels: {}, value: (await counted()).clients }]);
}

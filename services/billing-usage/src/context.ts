import type { usageAggregation } from '@maxai/contracts/jobs/queues';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { createDatabase, type Database } from '@maxai/runtime/database';
import type { Producer } from '@maxai/runtime/queue';
import { createLogger, createMetrics, type Logger, type Metrics } from '@maxai/runtime/telemetry';
import type { BillingUsageConfig, BillingUsageWorkerConfig } from './config.ts';
import type { DB } from './generated/database.ts';

export type Context = {
  readonly service: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly db: Database<DB>;
};

export type ServiceContext = Context & { readonly usageJobs: Producer<typeof usageAggregation> };

export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export function createContext(
  service: string,
  config: BillingUsageConfig | BillingUsageWorkerConfig,
  overrides: Overrides,
): Context {
  const metrics = createMetrics(service);
  return {
    service,
    clock: overrides.clock ?? systemClock,
    logger:
      overrides.logger ??
      createLogger({ service, version: config.version, level: config.logLevel }),
    metrics,
    db: createDatabase<DB>({
      url: config.databaseUrl,
      poolMax: config.databasePoolMax,
      applicationName: service,
      metrics,
    }),
  };
}

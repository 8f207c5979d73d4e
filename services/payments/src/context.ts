import type { paymentEvents } from '@maxai/contracts/jobs/queues';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { createDatabase, type Database } from '@maxai/runtime/database';
import { createServiceClient, type ServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner, type IdentitySigner } from '@maxai/runtime/identity';
import type { Producer } from '@maxai/runtime/queue';
import { createLogger, createMetrics, type Logger, type Metrics } from '@maxai/runtime/telemetry';
import type { PaymentsConfig, PaymentsWorkerConfig } from './config.ts';
import type { DB } from './generated/database.ts';

/** What the service and its worker have in common. */
export type Foundation = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly db: Database<DB>;
  readonly signer: IdentitySigner;
  readonly iam: ServiceClient;
};

export type Context = Foundation & {
  readonly billingUsage: ServiceClient;
  readonly paymentEvents: Producer<typeof paymentEvents>;
};
export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export async function createFoundation(
  service: string,
  config: PaymentsConfig | PaymentsWorkerConfig,
  overrides: Overrides,
): Promise<Foundation> {
  const metrics = createMetrics(service);
  const signer = await createIdentitySigner({
    caller: service,
    privateJwk: config.identityPrivateJwk,
  });
  return {
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
    signer,
    iam: createServiceClient({ target: 'iam', baseUrl: config.iamUrl, signer }),
  };
}

import { systemClock, type Clock } from '@maxai/kernel/clock';
import { createDatabase, type Database } from '@maxai/runtime/database';
import { createServiceClient, type ServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner } from '@maxai/runtime/identity';
import { createLogger, createMetrics, type Logger, type Metrics } from '@maxai/runtime/telemetry';
import type { PromptSvcConfig } from './config.ts';
import type { DB } from './generated/database.ts';

export const service = 'prompt-svc';

export type Context = {
  readonly config: PromptSvcConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly db: Database<DB>;
  readonly iam: ServiceClient;
};
export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export async function createContext(
  config: PromptSvcConfig,
  overrides: Overrides,
): Promise<Context> {
  const metrics = createMetrics(service);
  const signer = await createIdentitySigner({
    caller: service,
    privateJwk: config.identityPrivateJwk,
  });
  return {
    config,
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
    iam: createServiceClient({ target: 'iam', baseUrl: config.iamUrl, signer }),
  };
}

import type { ServiceName } from '@maxai/contracts/operation';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { createCache, type Cache } from '@maxai/runtime/cache';
import { createServiceClient, type ServiceClient } from '@maxai/runtime/http';
import { createIdentitySigner, type IdentitySigner } from '@maxai/runtime/identity';
import { createLogger, createMetrics, type Logger, type Metrics } from '@maxai/runtime/telemetry';
import { Pool } from 'undici';
import type { ApiGatewayConfig } from './config.ts';

const service = 'api-gateway';

export type Upstream = Exclude<ServiceName, 'api-gateway'>;

export type Context = {
  readonly config: ApiGatewayConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly cache: Cache;
  readonly signer: IdentitySigner;
  readonly iam: ServiceClient;
  readonly upstreams: Readonly<Record<Upstream, Pool>>;
  close(): Promise<void>;
};

export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export async function createContext(
  config: ApiGatewayConfig,
  overrides: Overrides = {},
): Promise<Context> {
  const signer = await createIdentitySigner({
    caller: service,
    privateJwk: config.identityPrivateJwk,
  });
  const cache = createCache({ url: config.cacheUrl });
  const iam = createServiceClient({ target: 'iam', baseUrl: config.iamUrl, signer });
  const pool = (url: string) =>
    new Pool(url, {
      connections: 64,
      connect: { timeout: 2000 },
      headersTimeout: config.upstreamTimeoutMs,
      bodyTimeout: config.upstreamTimeoutMs,
    });
  const upstreams = {
    iam: pool(config.iamUrl),
    'prompt-svc': pool(config.promptSvcUrl),
    'webhook-ingress': pool(config.webhookIngressUrl),
    orchestrator: pool(config.orchestratorUrl),
    'billing-usage': pool(config.billingUsageUrl),
    payments: pool(config.paymentsUrl),
  };
  return {
    config,
    clock: overrides.clock ?? systemClock,
    logger:
      overrides.logger ??
      createLogger({ service, version: config.version, level: config.logLevel }),
    metrics: createMetrics(service),
    cache,
    signer,
    iam,
    upstreams,
    async close() {
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
      await iam.close();
      await cache.close();
    },
  };
}

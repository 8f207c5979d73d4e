import type { Cache } from '@maxai/runtime/cache';
import { createCache } from '@maxai/runtime/cache';
import { createDatabase, type Database } from '@maxai/runtime/database';
import { createLogger, createMetrics, type Logger, type Metrics } from '@maxai/runtime/telemetry';
import { systemClock, type Clock } from '@maxai/kernel/clock';
import { newId, type Id, type IdKind } from '@maxai/kernel/ids';
import type { RandomBytes } from '@maxai/kernel/random';
import { randomBytes } from 'node:crypto';
import type { IamConfig } from './config.ts';
import { createEnvelope, type Envelope } from './connection/envelope.ts';
import type { DB } from './generated/database.ts';
import { createIdentityProvider, type IdentityProvider } from './session/identity-provider.ts';

export type Context = {
  readonly config: IamConfig;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly mintId: <K extends IdKind>(kind: K) => Id<K>;
  readonly database: Database<DB>;
  readonly cache: Cache;
  readonly envelope: Envelope;
  readonly identityProvider: IdentityProvider;
  readonly close: () => Promise<void>;
};

export type Overrides = { readonly clock?: Clock; readonly logger?: Logger };

export function createContext(config: IamConfig, overrides: Overrides): Context {
  const clock = overrides.clock ?? systemClock;
  const metrics = createMetrics('iam');
  const database = createDatabase<DB>({
    url: config.databaseUrl,
    poolMax: config.databasePoolMax,
    applicationName: 'iam',
    metrics,
  });
  const cache = createCache({ url: config.cacheUrl });
  return {
    config,
    logger:
      overrides.logger ??
      createLogger({ service: 'iam', version: config.version, level: config.logLevel }),
    metrics,
    clock,
    random: randomBytes,
    mintId: (kind) => newId(kind, { nowMs: clock.now().getTime() }),
    database,
    cache,
    envelope: createEnvelope(config.encryptionKey, randomBytes),
    identityProvider: createIdentityProvider(config),
    close: async () => {
      await Promise.all([database.close(), cache.close()]);
    },
  };
}

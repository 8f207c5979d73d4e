import { expect, test } from 'vitest';
import { readConfig, readMigrationConfig, readWorkerConfig } from './config.ts';

test.each([
  ['the service', readConfig, ['ORCHESTRATOR_IDENTITY_PUBLIC_JWKS', 'ORCHESTRATOR_QUEUE_URL']],
  ['the worker', readWorkerConfig, ['ORCHESTRATOR_CACHE_URL', 'ORCHESTRATOR_TWILIO_BASE_URL']],
  ['a migration', readMigrationConfig, ['ORCHESTRATOR_OWNER_DATABASE_URL']],
])('%s names every variable it lacks', (_what, read, variables) => {
  for (const variable of variables) expect(() => read({})).toThrow(variable);
});

test('a migration runs as the owner', () => {
  const env = { ORCHESTRATOR_OWNER_DATABASE_URL: 'postgres://orchestrator_owner@localhost/maxai' };
  expect(readMigrationConfig(env)).toEqual({
    ownerDatabaseUrl: env.ORCHESTRATOR_OWNER_DATABASE_URL,
  });
});

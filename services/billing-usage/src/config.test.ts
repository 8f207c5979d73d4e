import { expect, it } from 'vitest';
import { readConfig, readMigrationConfig, readWorkerConfig } from './config.ts';

it('names every setting that is missing, for the service and for its worker', () => {
  expect(() => readConfig({})).toThrow(
    /BILLING_USAGE_DATABASE_URL[^]*BILLING_USAGE_IDENTITY_PUBLIC_JWKS/,
  );
  expect(() => readWorkerConfig({})).toThrow(
    /BILLING_USAGE_DATABASE_URL[^]*BILLING_USAGE_QUEUE_URL/,
  );
});

it('a migration runs as the owner of the schema, and says so when it is not told how', () => {
  const url = 'postgres://usage_owner@localhost/maxai';
  expect(readMigrationConfig({ BILLING_USAGE_OWNER_DATABASE_URL: url })).toEqual({
    ownerDatabaseUrl: url,
  });
  expect(() => readMigrationConfig({})).toThrow('BILLING_USAGE_OWNER_DATABASE_URL is not set');
});

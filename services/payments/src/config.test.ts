import { expect, it } from 'vitest';
import { readConfig, readMigrationConfig, readWorkerConfig } from './config.ts';

it('names every setting that is missing, for the service and for its worker', () => {
  expect(() => readConfig({})).toThrow(/PAYMENTS_DATABASE_URL[^]*PAYMENTS_BILLING_USAGE_URL/);
  expect(() => readWorkerConfig({})).toThrow(/PAYMENTS_QUEUE_URL[^]*PAYMENTS_STRIPE_BASE_URL/);
});

it('a migration runs as the owner of the schema, and says so when it is not told how', () => {
  const url = 'postgres://payments_owner@localhost/maxai';
  expect(readMigrationConfig({ PAYMENTS_OWNER_DATABASE_URL: url })).toEqual({
    ownerDatabaseUrl: url,
  });
  expect(() => readMigrationConfig({})).toThrow('PAYMENTS_OWNER_DATABASE_URL is not set');
});

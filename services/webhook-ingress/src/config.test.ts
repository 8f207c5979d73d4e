import { expect, it } from 'vitest';
import { readConfig, readMigrationConfig } from './config.ts';

it('names every setting that is missing', () => {
  expect(() => readConfig({})).toThrow(/WEBHOOK_INGRESS_DATABASE_URL[^]*WEBHOOK_INGRESS_QUEUE_URL/);
});

it('a migration runs as the owner of the schema, and says so when it is not told how', () => {
  const url = 'postgres://ingress_owner@localhost/maxai';
  expect(readMigrationConfig({ WEBHOOK_INGRESS_OWNER_DATABASE_URL: url })).toEqual({
    ownerDatabaseUrl: url,
  });
  expect(() => readMigrationConfig({})).toThrow('WEBHOOK_INGRESS_OWNER_DATABASE_URL is not set');
});

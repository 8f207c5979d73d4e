import { expect, it } from 'vitest';
import { readConfig, readMigrationConfig } from './config.ts';

it('names every setting that is missing', () => {
  expect(() => readConfig({})).toThrow(/PROMPT_SVC_DATABASE_URL[^]*PROMPT_SVC_RETELL_BASE_URL/);
});

it('a migration runs as the owner of the schema, and says so when it is not told how', () => {
  const url = 'postgres://prompt_owner@localhost/maxai';
  expect(readMigrationConfig({ PROMPT_SVC_OWNER_DATABASE_URL: url })).toEqual({
    ownerDatabaseUrl: url,
  });
  expect(() => readMigrationConfig({})).toThrow('PROMPT_SVC_OWNER_DATABASE_URL is not set');
});

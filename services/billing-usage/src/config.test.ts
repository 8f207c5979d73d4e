import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('names every setting that is missing', () => {
  expect(() => readConfig({})).toThrow(/BILLING_USAGE_DATABASE_URL[^]*BILLING_USAGE_QUEUE_URL/);
});

import { expect, it } from 'vitest';
import { readConfig, readWorkerConfig } from './config.ts';

it('names every setting that is missing, for the service and for its worker', () => {
  expect(() => readConfig({})).toThrow(/PAYMENTS_DATABASE_URL[^]*PAYMENTS_BILLING_USAGE_URL/);
  expect(() => readWorkerConfig({})).toThrow(/PAYMENTS_QUEUE_URL[^]*PAYMENTS_STRIPE_BASE_URL/);
});

import { expect, it } from 'vitest';
import { readConfig, readWorkerConfig } from './config.ts';

it('names every setting that is missing, for the service and for its worker', () => {
  expect(() => readConfig({})).toThrow(
    /BILLING_USAGE_DATABASE_URL[^]*BILLING_USAGE_IDENTITY_PUBLIC_JWKS/,
  );
  expect(() => readWorkerConfig({})).toThrow(
    /BILLING_USAGE_DATABASE_URL[^]*BILLING_USAGE_QUEUE_URL/,
  );
});

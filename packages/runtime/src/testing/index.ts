import { newId, type Id } from '@maxai/kernel/ids';

export { metricDifferences, seriesOf } from './metric-differences.ts';
export {
  mintCallers,
  processSettingsForTest,
  quietLogger,
  someone,
  startNeighbour,
  type Callers,
} from './service-fixture.ts';
export {
  createTestDatabase,
  serviceOfSchema,
  type OtherSchema,
  type ServiceSchema,
  type TestDatabase,
} from './test-database.ts';
export { testRedis } from './test-redis.ts';
export { type TestServers } from './test-servers.ts';
export { until } from './until.ts';

/** A tenant of this test's own. */
export function mintTenantId(): Id<'tenant'> {
  return newId('tenant');
}

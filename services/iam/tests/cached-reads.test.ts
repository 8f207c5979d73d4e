import * as operations from '@maxai/contracts/http/iam';
import { createTestDatabase, mintTenantId } from '@maxai/runtime/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startIam, userIdentity } from './iam-fixture.ts';
import { startStatementCounter } from './statement-counter.ts';

const readings = 30;

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let counter: Awaited<ReturnType<typeof startStatementCounter>>;
let iam: Awaited<ReturnType<typeof startIam>>;

beforeAll(async () => {
  database = await createTestDatabase('iam');
  counter = await startStatementCounter(database.appUrl);
  iam = await startIam({ databaseUrl: counter.url });
});
afterAll(async () => {
  await iam.stop();
  counter.close();
  await database.drop();
});

describe('flags', () => {
  const as = () => userIdentity(mintTenantId(), 'viewer');

  async function read(reader: ReturnType<typeof as>, times: number): Promise<void> {
    for (let turn = 0; turn < times; turn += 1) {
      expect((await iam.call(operations.listFlags, { as: reader })).status).toBe(200);
    }
  }

  test('read thirty times cost the database what one reading costs [R64]', async () => {
    const once = await counter.countDuring(() => read(as(), 1));
    const cached = await counter.countDuring(() => read(as(), readings));
    const uncached = await counter.countDuring(async () => {
      const reader = as();
      for (let turn = 0; turn < readings; turn += 1) {
        await iam.cache.delete(`flags:${String(reader.tenantId)}`);
        await read(reader, 1);
      }
    });
    expect(once).toBeGreaterThan(0);
    expect(cached).toBe(once);
    expect(uncached).toBe(once * readings);
  });

  test('are kept for five minutes at most [R29]', async () => {
    const reader = as();
    await read(reader, 1);
    const left = await iam.cache.redis.ttl(`flags:${String(reader.tenantId)}`);
    expect(left).toBeGreaterThan(290);
    expect(left).toBeLessThanOrEqual(300);
  });
});

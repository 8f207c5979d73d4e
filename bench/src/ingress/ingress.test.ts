import { createTestDatabase } from '@maxai/runtime/testing';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { startFloorServer } from './floor-server.ts';
import { generateLoad } from './generate-load.ts';
import { startIngressStack } from './ingress-stack.ts';
import { measureIngress } from './run-ingress.ts';

const load = { path: '/', secret: 'key', concurrency: 4, warmUpSeconds: 0, seconds: 1 };

describe('the floor', () => {
  it('acknowledges what is in the table, and nothing else', async () => {
    const database = await createTestDatabase('ingress');
    const floor = await startFloorServer({
      databaseUrl: database.ownerUrl,
      poolMax: 2,
      batchMax: 10,
      statementsMax: 1,
    });
    const result = await generateLoad({ ...load, origin: `http://127.0.0.1:${floor.port}` });
    await floor.close();
    const client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ count: number }>(
      `select count(distinct dedupe_key)::int as count from delivery where payload->>'event' = 'call_ended'`,
    );
    await client.end();
    await database.drop();
    expect(result).toMatchObject({ refused: 0, acksPerSecond: result.acknowledged });
    expect(result.acknowledged).toBeGreaterThan(0);
    expect(rows[0]?.count).toBeGreaterThanOrEqual(result.acknowledged);
  });
});

describe('the whole measurement', () => {
  it('is acknowledged by the real service and by both floors', { timeout: 240_000 }, async () => {
    const stack = await startIngressStack(23_080);
    try {
      const refused = await generateLoad({
        ...load,
        ...stack.targets['webhook-ingress'],
        secret: 'another key',
      });
      expect(refused).toMatchObject({ acknowledged: 0, p50Ms: 0 });
      expect(refused.refused).toBeGreaterThan(0);
      const report = await measureIngress(stack, { seconds: 1, rounds: 2, concurrency: 4 });
      for (const { acknowledged, refused: none } of Object.values(report.results)) {
        expect(acknowledged).toBeGreaterThan(0);
        expect(none).toBe(0);
      }
      expect(report.ratio).toBeGreaterThan(0);
    } finally {
      await stack.close();
    }
  });
});

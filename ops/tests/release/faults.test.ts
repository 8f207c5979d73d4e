import fastify from 'fastify';
import { describe, expect, it } from 'vitest';

function service() {
  const app = fastify();
  app.get('/api/version', () => 'answered');
  app.get('/health', () => 'healthy');
  return app;
}

describe('the versions a rehearsal releases', () => {
  it('fail every third request, and never a probe, once they are told to', async () => {
    await import('../../src/release/fail-requests.ts');
    const app = service();
    const statuses: number[] = [];
    for (let asked = 0; asked < 6; asked += 1) {
      statuses.push((await app.inject('/api/version')).statusCode);
      expect((await app.inject('/health')).statusCode).toBe(200);
    }
    expect(statuses).toEqual([200, 200, 500, 200, 200, 500]);
  });

  it('answer late, and probes at once, when they are told to', async () => {
    await import('../../src/release/delay-requests.ts');
    const app = service();
    const answered: string[] = [];
    const slow = app.inject('/api/version').then(() => answered.push('slow'));
    const probe = app.inject('/health').then(() => answered.push('probe'));
    await Promise.all([slow, probe]);
    expect(answered).toEqual(['probe', 'slow']);
  });
});

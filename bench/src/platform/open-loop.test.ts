import { createSandbox } from '@maxai/sandbox';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startBareServer } from './bare-server.ts';
import { makePaidInvoices } from './paid-invoices.ts';
import { openPosting } from './posting.ts';
import { runOpenLoop } from './run-open-loop.ts';

describe('an open loop', () => {
  it('begins as many as the rate says, whatever becomes of them, and leaves out the warm-up', async () => {
    const begun: number[] = [];
    const summary = await runOpenLoop({
      perSecond: 100,
      warmUpSeconds: 0.2,
      seconds: 0.2,
      send: (index) => {
        begun.push(index);
        return Promise.resolve(index % 5 === 0 ? '503' : 'ok');
      },
    });
    // Five while the rate rises, ten more before what is measured.
    expect(begun).toHaveLength(35);
    expect(summary).toMatchObject({ offered: 20, succeeded: 16, failures: { '503': 4 } });
    expect(summary.perSecond).toBe(80);
    expect(summary.p95MsOfTenths).toHaveLength(10);
    expect(Math.max(...summary.p95MsOfTenths)).toBe(summary.maxMs);
  });

  it('counts the wait of what was due while the one before held everything up', async () => {
    let free = Promise.resolve();
    const summary = await runOpenLoop({
      perSecond: 50,
      warmUpSeconds: 0,
      seconds: 0.2,
      send: async () => {
        free = free.then(() => wait(40));
        await free;
        return 'ok';
      },
    });
    // Ten were due 20 ms apart and took 40 ms each, one after the other: the last waited for all.
    expect(summary.maxMs).toBeGreaterThan(200);
    expect(summary.p50Ms).toBeGreaterThan(100);
  });

  it('has no figures of nothing', async () => {
    const send = () => Promise.resolve('503');
    const none = await runOpenLoop({ perSecond: 10, warmUpSeconds: 0, seconds: 0.1, send });
    expect(none).toMatchObject({ succeeded: 0, p95Ms: 0, maxMs: 0, failures: { '503': 1 } });
  });
});

describe('posting', () => {
  const asked = { method: 'GET', path: '/', headers: {} } as const;

  it('tells another status, and a server that is not there', async () => {
    const server = await startBareServer();
    const posting = openPosting(`http://127.0.0.1:${server.port}`, 1);
    expect(await posting.ask(asked, 200)).toBe('ok');
    expect(await posting.ask({ ...asked, method: 'POST', path: '/api/x' }, 200)).toBe('201');
    server.close();
    expect(await posting.ask(asked, 200)).toMatch(/ECONNREFUSED|SocketError/);
    await posting.close();
  });
});

describe('paid invoices', () => {
  it('are paid at the stand-in of Stripe, and a refusal is told with its step', async () => {
    const sandbox = await createSandbox();
    const stripeUrl = `${sandbox.url}/stripe`;
    const { apiKey } = sandbox.accounts.stripe;
    const ids = await makePaidInvoices({ stripeUrl, apiKey, count: 2 });
    expect(ids.map((id) => sandbox.state.stripe.invoices.get(id)?.['status'])).toEqual([
      'paid',
      'paid',
    ]);
    await expect(makePaidInvoices({ stripeUrl, apiKey: 'wrong', count: 1 })).rejects.toThrow(
      '/v1/customers answers 401',
    );
    await sandbox.close();
  });
});

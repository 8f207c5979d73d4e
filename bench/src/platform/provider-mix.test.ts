import { generateHighLevelKeyPair } from '@maxai/sandbox/signing';
import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startBareServer } from './bare-server.ts';
import { createProviderMix, mixInWords, watched, type MixOptions } from './provider-mix.ts';
import { loadFromOwnProcess, runLoad } from './run-load.ts';

const keys = generateHighLevelKeyPair();
const mixOptions: MixOptions = {
  publicUrl: 'http://localhost:8080',
  invoiceIds: ['in_1', 'in_2'],
  targets: {
    retell: { path: '/webhooks/retell/con_1', secret: 'key' },
    twilio: { path: '/webhooks/twilio/con_2', secret: 'token' },
    highlevel: { path: '/webhooks/highlevel/con_3', secret: keys.privateKey },
    stripe: { path: '/webhooks/stripe/con_4', secret: 'whsec_1' },
  },
};
const take = (count: number, watchEvery: number) => {
  const mix = createProviderMix({ ...mixOptions, watchEvery });
  return Array.from({ length: count }, (_, index) => mix(index));
};
const shares = (kinds: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([k, of]) => [k, of.length]));

describe('the mix of providers', () => {
  it('has a hundred webhooks in the shares it tells', () => {
    // The first is watched and stands for a kind of its own.
    const kinds = take(201, 201).map(({ kind }) => kind);
    expect(shares(kinds.slice(101))).toEqual({
      call_started: 14,
      call_ended: 14,
      call_analyzed: 14,
      delivered: 28,
      inbound: 8,
      ContactCreate: 18,
      'payment_intent.succeeded': 3,
      'invoice.paid': 1,
    });
    expect(mixInWords).toContain('28 Twilio status');
  });

  it('marks one in so many, each kind that a flow waits for in turn', () => {
    const marked = take(64, 8).filter((webhook) => webhook.watched);
    expect(shares(marked.map(({ kind }) => kind))).toEqual({
      call_ended: 2,
      inbound: 2,
      ContactCreate: 2,
      'invoice.paid': 2,
    });
    const texts = marked.map(({ body }) => body);
    for (const [index, mark] of [
      watched.agentId,
      new URLSearchParams({ Body: watched.text }).toString(),
      watched.source,
      watched.email,
    ].entries()) {
      expect(texts[index]).toContain(mark);
    }
  });

  it('never repeats a delivery, in this run or another', () => {
    const keysOf = [...take(300, 10), ...take(300, 10)].map(({ dedupeKey }) => dedupeKey);
    expect(new Set(keysOf).size).toBe(600);
  });

  it('signs each attempt anew where the provider does', () => {
    const of = (provider: string) => take(50, 50).find((webhook) => webhook.provider === provider);
    expect(of('retell')?.headers(1)).not.toEqual(of('retell')?.headers(2));
    const contact = of('highlevel');
    const signature = Buffer.from(String(contact?.headers(1)['x-ghl-signature']), 'base64');
    const key = {
      key: Buffer.from(keys.publicKey, 'base64'),
      format: 'der',
      type: 'spki',
    } as const;
    expect(verify(null, Buffer.from(String(contact?.body)), key, signature)).toBe(true);
    expect(of('stripe')?.headers(1_000_000)['stripe-signature']).toMatch(/^t=1000,v1=/);
  });
});

describe('a load', () => {
  const rates = { perSecond: 200, warmUpSeconds: 0, seconds: 0.5 };

  it('posts the mix, and asks the API with one write in twenty', async () => {
    const server = await startBareServer();
    const origin = `http://127.0.0.1:${server.port}`;
    const webhooks = { kind: 'webhooks', watchEvery: 10, ...mixOptions } as const;
    const posted = await runLoad({ ...rates, origin, work: webhooks });
    expect(posted).toMatchObject({ offered: 100, succeeded: 100, failures: {} });
    expect(posted.cpuShare).toBeGreaterThan(0);
    const asked = await runLoad({ ...rates, origin, work: { kind: 'api', apiKey: 'mxk_1' } });
    expect(asked).toMatchObject({ offered: 100, succeeded: 100, failures: {} });
    expect(server.counted()).toEqual({ 'POST 200': 100, 'GET 200': 95, 'POST 201': 5 });
    server.close();
  });

  it('is told to have failed when its process ends early', async () => {
    const order = {
      ...rates,
      origin: 'no origin',
      work: { kind: 'api', apiKey: 'mxk_1' },
    } as const;
    await expect(loadFromOwnProcess(order)).rejects.toThrow('the load ended without a report');
  });

  it('tells a policy check that is not answered', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const work = {
      kind: 'policy',
      apiKey: 'mxk_1',
      privateJwk: JSON.stringify(privateKey.export({ format: 'jwk' })),
    } as const;
    const order = { perSecond: 10, warmUpSeconds: 0, seconds: 0.1 };
    const { succeeded, failures } = await runLoad({ ...order, origin: 'http://127.0.0.1:1', work });
    expect(succeeded).toBe(0);
    expect(Object.keys(failures)).toEqual([expect.stringContaining('iam')]);
  });
});

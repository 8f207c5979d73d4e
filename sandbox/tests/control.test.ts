import { createPublicKey, verify } from 'node:crypto';
import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { Collection } from '../src/collection.ts';
import { buildTwilioStatus } from '../src/payloads/index.ts';
import { signRetell, signStripe, signTwilioForm } from '../src/signing/index.ts';
import { clients, form, read, startSandbox } from './support/client.ts';

/** A webhook endpoint that keeps the raw bytes it was sent. */
async function listen() {
  const received: { headers: Record<string, unknown>; rawBody: string }[] = [];
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    '*',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => text,
  );
  app.post('/hook', async (request, reply) => {
    received.push({ headers: request.headers, rawBody: String(request.body) });
    return reply.status(202).send('stored');
  });
  onTestFinished(() => app.close());
  return { url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/hook`, received };
}

it('delivers a Retell event signed over the bytes sent, with a secret of one’s own', async () => {
  const sandbox = await startSandbox();
  const { url, received } = await listen();
  const answer = await clients(sandbox).control.post('/deliver', {
    event: 'retell.call_analyzed',
    url,
    secret: 'key_other',
    data: { call_id: 'call_9', metadata: { tenant: 't1' } },
  });
  expect(answer.body['value']).toMatchObject({ status: 202, body: 'stored' });
  const { headers, rawBody } = received[0]!;
  const nowMs = Number(/v=(\d+)/.exec(String(headers['x-retell-signature']))?.[1]);
  expect(headers).toMatchObject(signRetell({ rawBody, apiKey: 'key_other', nowMs }));
  expect(JSON.parse(rawBody)).toMatchObject({
    event: 'call_analyzed',
    call: { call_id: 'call_9', metadata: { tenant: 't1' }, call_analysis: {} },
  });
});

it('delivers Twilio forms, and the message can be read afterwards', async () => {
  const sandbox = await startSandbox();
  const { url, received } = await listen();
  const { control, twilio } = clients(sandbox);
  await control.post('/deliver', { event: 'twilio.inbound', url, data: { Body: 'Hi there' } });
  await control.post('/deliver', {
    event: 'twilio.status',
    url,
    data: { MessageStatus: 'failed' },
  });
  const inbound = received[0]!;
  const fields = new URLSearchParams(inbound.rawBody);
  expect(fields.get('NumSegments')).toBe('1');
  const { authToken } = sandbox.accounts.twilio;
  expect(inbound.headers).toMatchObject(signTwilioForm({ url, form: fields, authToken }));
  const message = await twilio.get(`/Messages/${String(fields.get('MessageSid'))}.json`);
  expect(message.body['value']).toMatchObject({
    body: 'Hi there',
    direction: 'inbound',
    status: 'received',
  });
  expect(new URLSearchParams(received[1]!.rawBody).get('ErrorCode')).toBe('30007');
  expect(buildTwilioStatus().has('ErrorCode')).toBe(false);
});

it('delivers a HighLevel contact signed with the key it publishes', async () => {
  const sandbox = await startSandbox();
  const { url, received } = await listen();
  const { control, highlevel } = clients(sandbox);
  await control.post('/deliver', {
    event: 'highlevel.ContactCreate',
    url,
    data: { id: 'contact1' },
  });
  const spki = String(read(await control.get('/keys'), 'highlevel.publicKey'));
  const key = createPublicKey({ key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki' });
  const { headers, rawBody } = received[0]!;
  const signature = Buffer.from(String(headers['x-ghl-signature']), 'base64');
  expect(verify(null, Buffer.from(rawBody), key, signature)).toBe(true);
  expect(JSON.parse(rawBody)).toMatchObject({ type: 'ContactCreate', id: 'contact1' });
  const contact = await highlevel.get('/contacts/contact1');
  expect(read(contact, 'contact.email')).toBe('john.deo@example.com');
});

it('delivers a paid Stripe invoice that can be fetched, as can its event', async () => {
  const sandbox = await startSandbox();
  const { url, received } = await listen();
  const { control, stripe } = clients(sandbox);
  await control.post('/deliver', {
    event: 'stripe.invoice.paid',
    url,
    data: { id: 'in_demo', amount_paid: 4200 },
  });
  const { headers, rawBody } = received[0]!;
  const seconds = Number(/t=(\d+)/.exec(String(headers['stripe-signature']))?.[1]);
  const secret = sandbox.accounts.stripe.webhookSecret;
  expect(headers).toMatchObject(signStripe({ rawBody, secret, nowMs: seconds * 1000 }));
  expect(read(await stripe.get('/invoices/in_demo'), 'total')).toBe(4200);
  expect(read(await stripe.get('/events'), 'data.0.type')).toBe('invoice.paid');
});

it('says what is wrong with a delivery: unknown event, no URL, nobody there', async () => {
  const { control } = clients(await startSandbox());
  expect((await control.post('/deliver', { event: 'x', url: 'http://a' })).status).toBe(400);
  expect((await control.post('/deliver', { event: 'twilio.status' })).status).toBe(400);
  const unreachable = await control.post('/deliver', {
    event: 'twilio.status',
    url: 'http://127.0.0.1:1/',
  });
  expect(unreachable.status).toBe(502);
});

it('counts effects, lists them and the requests, and forgets all on reset', async () => {
  const { control, twilio, openrouter, anonymous } = clients(await startSandbox());
  for (const path of ['/health', '/livez']) {
    expect((await anonymous.get(path)).body['value']).toEqual({ status: 'ok' });
  }
  await twilio.post('/Messages.json', form({ To: '+15550002222', From: '+1555', Body: 'Hi' }));
  await openrouter.get('/models');
  expect(read(await control.get('/effects'), 'twilio.messages')).toBe(1);
  const messages = await control.get('/effects/twilio/messages');
  expect(read(messages, 'items.0.body')).toBe('Hi');
  expect((await control.get('/effects/twilio/letters')).status).toBe(404);
  expect((await control.get('/effects/nobody/letters')).status).toBe(404);

  const all = await control.get('/requests');
  expect(read(all, 'items.1')).toMatchObject({ provider: 'openrouter', path: '/api/v1/models' });
  expect(all.text).not.toContain('sandbox-twilio');
  expect(read(await control.get('/requests?provider=twilio'), 'items.1')).toBeUndefined();

  expect((await control.post('/reset')).status).toBe(204);
  expect(read(await control.get('/effects'), 'twilio.messages')).toBe(0);
  expect(read(await control.get('/requests'), 'items')).toEqual([]);
});

it('tells the accounts it accepts and changes a limit on request', async () => {
  const { control, highlevel } = clients(await startSandbox());
  expect(read(await control.get('/accounts'), 'stripe.apiKey')).toBe('sk_test_sandbox');
  await control.post('/limits', { highlevelBurstMax: 0 });
  expect((await highlevel.get('/calendars/')).status).toBe(429);
});

it('forgets the oldest first and still counts everything', () => {
  const collection = new Collection<number>(2);
  for (const value of [1, 2, 3]) collection.add(String(value), value);
  expect(collection.values()).toEqual([2, 3]);
  expect(collection.created).toBe(3);
});

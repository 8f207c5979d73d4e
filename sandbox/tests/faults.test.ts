import { expect, it } from 'vitest';
import { FaultBook } from '../src/http/fault-book.ts';
import { clients, form, read, startSandbox } from './support/client.ts';

const sms = (to: string) => form({ To: to, From: '+15550001111', Body: 'Hello' });

it('answers 500 twice to a number that says so, then sends', async () => {
  const sandbox = await startSandbox();
  const { twilio } = clients(sandbox);
  const statuses = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    statuses.push((await twilio.post('/Messages.json', sms('+15550902200'))).status);
  }
  expect(statuses).toEqual([500, 500, 201]);
  expect(sandbox.state.twilio.messages.created).toBe(1);
});

it('answers 429 with Retry-After, in the body of the provider', async () => {
  const { twilio } = clients(await startSandbox());
  const limited = await twilio.post('/Messages.json', sms('+15550903000'));
  expect(limited.status).toBe(429);
  expect(limited.headers.get('retry-after')).toBe('1');
  expect(read(limited, 'code')).toBe(20429);
});

it('answers garbage with a 200', async () => {
  const { openrouter } = clients(await startSandbox());
  const answer = await openrouter.post('/chat/completions', {
    model: 'openai/gpt-4.1-mini:fault-garbage',
    messages: [{ role: 'user', content: 'Hi' }],
  });
  expect(answer.status).toBe(200);
  expect(answer.text).toContain('<html>');
});

it('takes the message, then drops the connection before it answers', async () => {
  const { twilio, control } = clients(await startSandbox());
  await expect(twilio.post('/Messages.json', sms('+15550905101'))).rejects.toThrow('fetch failed');

  const found = await twilio.get('/Messages.json?To=%2B15550905101');
  expect(read(found, 'messages.0.body')).toBe('Hello');
  expect((await twilio.post('/Messages.json', sms('+15550905101'))).status).toBe(201);
  const log = await control.get('/requests?provider=twilio');
  expect(read(log, 'items.0.status')).toBe(201);
});

it('never answers a request that says timeout', async () => {
  const { stripe, control } = clients(await startSandbox());
  await expect(
    stripe.post('/customers', form({ email: 'fault-timeout@example.com' }), { 'x-timeout': '100' }),
  ).rejects.toThrow(/timeout/i);
  const log = await control.get('/requests');
  expect(read(log, 'items.0')).toMatchObject({ provider: 'stripe', status: null });
});

it('finds a sentinel in the path of a write', async () => {
  const { retell } = clients(await startSandbox());
  expect((await retell.patch('/update-agent/fault-500', {})).status).toBe(500);
});

it('counts each sentinel for itself, and always strikes without a number', () => {
  const faults = new FaultBook();
  expect(faults.next('twilio', 'fault-429-1-a')).toBe('429');
  expect(faults.next('twilio', 'fault-429-1-a')).toBeUndefined();
  expect(faults.next('twilio', 'fault-429-1-b')).toBe('429');
  expect(faults.next('stripe', 'fault-429-1-a')).toBe('429');
  expect(faults.next('stripe', 'fault-drop')).toBe('drop');
  expect(faults.next('stripe', 'fault-drop')).toBe('drop');
  expect(faults.next('stripe', 'no fault here')).toBeUndefined();
});

it('answers malformed JSON and unknown paths in the body of the provider', async () => {
  const sandbox = await startSandbox();
  const headers = { authorization: `Bearer ${sandbox.accounts.openrouter.apiKey}` };
  const malformed = await fetch(`${sandbox.url}/openrouter/api/v1/chat/completions`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: '{',
  });
  expect(malformed.status).toBe(400);
  const unknown = await fetch(`${sandbox.url}/openrouter/api/v1/nothing`, { headers });
  expect(await unknown.json()).toMatchObject({ error: { code: 404 } });
});

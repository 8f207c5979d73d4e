import { fixedClock } from '@maxai/kernel/clock';
import fastify from 'fastify';
import { expect, it, onTestFinished, vi } from 'vitest';
import { countSegments } from '../src/twilio/sms-segments.ts';
import { clients, form, read, startSandbox } from './support/client.ts';

const sms = (fields: Record<string, string> = {}) =>
  form({ To: '+15550002222', From: '+15550001111', Body: 'Hello', ...fields });

it('refuses a request without the account token as Twilio does', async () => {
  const sandbox = await startSandbox();
  const path = `/twilio/2010-04-01/Accounts/${sandbox.accounts.twilio.accountSid}/Messages.json`;
  const refused = await clients(sandbox).anonymous.post(path, sms());
  expect(refused.status).toBe(401);
  expect(refused.body['value']).toEqual({
    code: 20003,
    message: 'Authenticate',
    more_info: 'https://www.twilio.com/docs/errors/20003',
    status: 401,
  });
});

it('queues a message unpriced, and prices it by the segment once read again', async () => {
  const { twilio } = clients(await startSandbox());
  const created = await twilio.post('/Messages.json', sms({ Body: 'x'.repeat(161) }));
  expect(created.status).toBe(201);
  expect(read(created, 'sid')).toMatch(/^SM[0-9a-f]{32}$/);
  expect(read(created, 'status')).toBe('queued');
  expect(read(created, 'price')).toBeNull();
  expect(read(created, 'num_segments')).toBe('2');
  expect(created.headers.get('twilio-request-id')).toMatch(/^RQ/);

  const later = await twilio.get(`/Messages/${String(read(created, 'sid'))}.json`);
  expect(read(later, 'status')).toBe('delivered');
  expect(read(later, 'price')).toBe('-0.01660');
  expect((await twilio.get('/Messages/SM0.json')).status).toBe(404);
});

it.each([
  [{ To: '' }, 21604],
  [{ From: '' }, 21603],
  [{ Body: '' }, 21602],
  [{ Body: 'x'.repeat(1601) }, 21617],
  [{ To: 'nobody' }, 21211],
  [{ To: '+15005550004' }, 21610],
])('answers %o with error %i', async (fields, code) => {
  const sandbox = await startSandbox();
  const refused = await clients(sandbox).twilio.post('/Messages.json', sms(fields));
  expect(refused.status).toBe(400);
  expect(read(refused, 'code')).toBe(code);
  expect(sandbox.state.twilio.messages.created).toBe(0);
});

it('takes a messaging service and media in place of number and text', async () => {
  const { twilio } = clients(await startSandbox());
  const created = await twilio.post(
    '/Messages.json',
    form({ To: '+15550002222', MessagingServiceSid: 'MG1', MediaUrl: 'https://a.example/b.png' }),
  );
  expect(read(created, 'from')).toBe('MG1');
});

it('lists by recipient, sender and time, newest first, page by page', async () => {
  const clock = fixedClock(new Date('2026-11-20T10:00:00Z'));
  const { twilio } = clients(await startSandbox({ clock }));
  await twilio.post('/Messages.json', sms({ Body: 'one' }));
  clock.advance(86_400_000);
  await twilio.post('/Messages.json', sms({ Body: 'two' }));
  await twilio.post('/Messages.json', sms({ To: '+15550009999', Body: 'three' }));

  const bodies = async (query: Record<string, string>) => {
    const answer = await twilio.get(`/Messages.json?${new URLSearchParams(query)}`);
    const messages = read(answer, 'messages');
    return Array.isArray(messages) ? messages.map((message: { body: string }) => message.body) : [];
  };
  expect(await bodies({})).toEqual(['three', 'two', 'one']);
  expect(await bodies({ To: '+15550002222' })).toEqual(['two', 'one']);
  expect(await bodies({ From: '+15559999999' })).toEqual([]);
  expect(await bodies({ DateSent: '2026-11-20' })).toEqual(['one']);
  expect(await bodies({ 'DateSent>': '2026-11-21T00:00:00Z' })).toEqual(['three', 'two']);
  expect(await bodies({ 'DateSent<': '2026-11-21T00:00:00Z' })).toEqual(['one']);
  expect(await bodies({ PageSize: '2', Page: '1' })).toEqual(['one']);

  const first = await twilio.get('/Messages.json?PageSize=2');
  expect(read(first, 'next_page_uri')).toContain('Page=1');
  const last = await twilio.get('/Messages.json?PageSize=2&Page=1');
  expect(read(last, 'next_page_uri')).toBeNull();
  expect(read(last, 'previous_page_uri')).toContain('Page=0');
});

it('reports usage that adds up to the messages, per day and category', async () => {
  const clock = fixedClock(new Date('2026-11-20T10:00:00Z'));
  const { twilio } = clients(await startSandbox({ clock }));
  await twilio.post('/Messages.json', sms());
  clock.advance(86_400_000);
  await twilio.post('/Messages.json', sms({ Body: '✓'.repeat(71) }));

  const total = await twilio.get('/Usage/Records.json?Category=sms-outbound');
  expect(read(total, 'usage_records.0')).toMatchObject({ count: '2', usage: '3', price: 0.0249 });
  const daily = await twilio.get('/Usage/Records/Daily.json?Category=sms-outbound');
  expect(read(daily, 'usage_records.0')).toMatchObject({ start_date: '2026-11-21', usage: '2' });
  expect(read(daily, 'usage_records.1')).toMatchObject({ start_date: '2026-11-20', usage: '1' });
  const today = await twilio.get('/Usage/Records/Today.json');
  expect(read(today, 'usage_records.0')).toMatchObject({ category: 'sms-outbound', usage: '2' });
  const before = await twilio.get(
    '/Usage/Records.json?StartDate=2026-11-01&EndDate=2026-11-20&Category=sms-outbound',
  );
  expect(read(before, 'usage_records.0')).toMatchObject({ usage: '1' });
});

it('counts segments as Twilio bills them', () => {
  expect(countSegments('x'.repeat(160))).toBe(1);
  expect(countSegments('€'.repeat(81))).toBe(2);
  expect(countSegments('ж'.repeat(70))).toBe(1);
  expect(countSegments('ж'.repeat(135))).toBe(3);
});

it('posts signed progress to the status callback', async () => {
  const received: string[] = [];
  const listener = fastify();
  listener.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => text,
  );
  listener.post('/status', async (request) => {
    expect(request.headers['x-twilio-signature']).toMatch(/=$/);
    received.push(String(new URLSearchParams(String(request.body)).get('MessageStatus')));
    return '';
  });
  onTestFinished(() => listener.close());
  const url = `${await listener.listen({ host: '127.0.0.1', port: 0 })}/status`;

  const { twilio } = clients(await startSandbox());
  await twilio.post('/Messages.json', sms({ StatusCallback: url }));
  await vi.waitFor(() => expect(received).toEqual(['sent', 'delivered']));
});

it('survives a status callback nobody answers', async () => {
  const { twilio } = clients(await startSandbox());
  await twilio.post('/Messages.json', sms({ StatusCallback: 'http://127.0.0.1:1/status' }));
  expect((await twilio.get('/Messages.json')).status).toBe(200);
});

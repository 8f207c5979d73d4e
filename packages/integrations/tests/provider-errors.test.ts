import { fixedClock } from '@maxai/kernel/clock';
import { describe, expect, test } from 'vitest';
import { createPort } from '../src/create-ports.ts';
import { ProviderError } from '../src/provider-error.ts';
import { baseUrlsAt, connectionFor, portAt } from './support/connections.ts';
import { startScriptedServer, type Answer } from './support/scripted-server.ts';

const options = { timeoutMs: 5000 };

async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProviderError);
  // Asserted on the line above.
  return error as ProviderError;
}

async function upsert(answer: Answer, timeoutMs = 5000): Promise<ProviderError> {
  await using server = await startScriptedServer(answer);
  const crm = portAt('crm', server.baseUrl);
  // Awaited here: the server goes with this scope.
  return await failureOf(crm.upsertContact({ phone: '+15550003333' }, { timeoutMs }));
}

async function send(answer: Answer, timeoutMs = 5000): Promise<ProviderError> {
  await using server = await startScriptedServer(answer);
  const sending = portAt('messaging', server.baseUrl).send(
    { to: '+15550002222', body: 'Hi' },
    { timeoutMs },
  );
  const failure = await failureOf(sending);
  expect(server.received).toHaveLength(1);
  return failure;
}

describe('a repeatable verb', () => {
  test.each<[Answer, Partial<ProviderError>]>([
    ['drop', { kind: 'unavailable', retryable: true }],
    [
      { status: 500, body: { message: 'boom' } },
      { kind: 'unavailable', status: 500 },
    ],
    [{ status: 502, body: '<html>' }, { kind: 'unavailable' }],
    [
      { status: 200, body: '<html>' },
      { kind: 'garbage', retryable: true },
    ],
    [{ status: 200, body: {} }, { kind: 'garbage' }],
    [{ status: 200, body: [] }, { kind: 'garbage' }],
    [
      { status: 401, body: { message: 'Invalid JWT' } },
      { kind: 'unauthorized', retryable: false },
    ],
    [{ status: 403, body: {} }, { kind: 'unauthorized' }],
    [
      { status: 422, body: { message: ['a', 'b'] } },
      { kind: 'rejected', retryable: false },
    ],
  ])('%j', async (answer, expected) => {
    expect(await upsert(answer)).toMatchObject({ provider: 'highlevel', ...expected });
  });

  test('no answer in time is a timeout', async () => {
    expect(await upsert('hang', 150)).toMatchObject({ kind: 'timeout', retryable: true });
  });

  test('the caller’s signal ends it', async () => {
    await using server = await startScriptedServer('hang');
    const signal = AbortSignal.abort();
    const call = portAt('crm', server.baseUrl).addTags(
      { contactId: 'c1', tags: ['a'] },
      { ...options, signal },
    );
    expect(await failureOf(call)).toMatchObject({ kind: 'timeout' });
  });
});

describe('sending, which must not be repeated', () => {
  test.each<[Answer, Partial<ProviderError>]>([
    ['drop', { kind: 'ambiguous', retryable: true }],
    [{ status: 503, body: {} }, { kind: 'ambiguous' }],
    [{ status: 201, body: '<html>' }, { kind: 'ambiguous' }],
    [
      { status: 400, body: { code: 21610, message: 'opted out', more_info: '', status: 400 } },
      { kind: 'rejected', providerCode: '21610', message: 'twilio: HTTP 400 21610 opted out' },
    ],
    [
      {
        status: 400,
        body: { type: 'about:blank', title: 'Bad', status: 400, code: 21211, detail: 'bad To' },
      },
      { kind: 'rejected', providerCode: '21211', message: 'twilio: HTTP 400 21211 bad To' },
    ],
    [{ status: 401, body: { code: 20003 } }, { kind: 'unauthorized' }],
  ])('%j', async (answer, expected) => {
    expect(await send(answer)).toMatchObject(expected);
  });

  test('no answer in time is ambiguous', async () => {
    expect(await send('hang', 150)).toMatchObject({ kind: 'ambiguous' });
  });

  test('a refused connection sent nothing', async () => {
    const server = await startScriptedServer();
    await server[Symbol.asyncDispose]();
    const sending = portAt('messaging', server.baseUrl).send({ to: '+1', body: 'Hi' }, options);
    expect(await failureOf(sending)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('rate limits', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '7' }, 7000],
    [{ 'x-ratelimit-interval-milliseconds': '10000' }, 10_000],
    [{}, undefined],
  ])('%j asks to wait %s ms', async (headers, retryAfterMs) => {
    const failure = await upsert({ status: 429, body: {}, headers });
    expect(failure).toMatchObject({ kind: 'rate_limited', retryAfterMs, retryable: true });
  });

  test('a Retry-After date counts from our clock, and never backwards', async () => {
    const clock = fixedClock(new Date('2026-01-01T00:00:00Z'));
    const date = 'Thu, 01 Jan 2026 00:01:00 GMT';
    const limited = { status: 429, body: {}, headers: { 'retry-after': date } };
    await using server = await startScriptedServer(limited, limited);
    const crm = createPort('crm', connectionFor('crm'), {
      baseUrls: baseUrlsAt(server.baseUrl),
      clock,
    });
    expect((await failureOf(crm.upsertContact({}, options))).retryAfterMs).toBe(60_000);
    clock.advance(90_000);
    expect((await failureOf(crm.upsertContact({}, options))).retryAfterMs).toBe(0);
  });

  test('HighLevel’s daily limit is final for now', async () => {
    const headers = { 'x-ratelimit-daily-remaining': '0' };
    expect(await upsert({ status: 429, body: {}, headers })).toMatchObject({ kind: 'rejected' });
  });
});

test('a secret the provider echoes is cut out, and no cause carries headers', async () => {
  const failure = await upsert({ status: 401, body: { message: 'bad token pit_secret' } });
  expect(failure.message).toBe('highlevel: HTTP 401 bad token ***');
  expect(failure.cause).toBeUndefined();
});

test('an embedded OpenRouter failure inside a 200 is a failure', async () => {
  const failed = (error: unknown) => ({ status: 200, body: { id: 'gen-1', choices: [], error } });
  await using server = await startScriptedServer(
    failed({ code: 502, message: 'upstream', metadata: { error_type: 'provider_unavailable' } }),
    failed({ error_type: 'rate_limit_exceeded', http_status: 429, message: 'slow down' }),
    { status: 200, body: { id: 'gen-1', choices: [] } },
    { status: 200, body: [] },
  );
  const llm = portAt('llm', server.baseUrl);
  const fail = () => failureOf(llm.complete({ model: 'm', prompt: 'p' }, options));
  expect(await fail()).toMatchObject({ kind: 'unavailable', providerCode: 'provider_unavailable' });
  expect(await fail()).toMatchObject({
    kind: 'rate_limited',
    providerCode: 'rate_limit_exceeded',
  });
  expect(await fail()).toMatchObject({ kind: 'garbage' });
  expect(await fail()).toMatchObject({ kind: 'garbage' });
});

describe('Google', () => {
  const token = {
    status: 200,
    body: { access_token: 'at', expires_in: 3600, token_type: 'Bearer' },
  };
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' };
  const google = (code: number, reason: string) => ({
    status: code,
    body: { error: { code, message: 'no', errors: [{ domain: 'usageLimits', reason }] } },
  });

  test.each<[Answer, Partial<ProviderError>]>([
    [google(403, 'userRateLimitExceeded'), { kind: 'rate_limited' }],
    [google(403, 'rateLimitExceeded'), { kind: 'rate_limited' }],
    [google(403, 'insufficientPermissions'), { kind: 'unauthorized' }],
    [google(500, 'backendError'), { kind: 'unavailable' }],
    [
      { status: 200, body: { calendars: { primary: { errors: [{ reason: 'internalError' }] } } } },
      { kind: 'unavailable', providerCode: 'internalError' },
    ],
    [
      { status: 200, body: { calendars: { primary: { errors: [{ reason: 'notFound' }] } } } },
      { kind: 'rejected', status: 404 },
    ],
    [{ status: 200, body: { calendars: {} } }, { kind: 'garbage' }],
    [{ status: 200, body: { kind: 'calendar#freeBusy' } }, { kind: 'garbage' }],
  ])('%j is never free time', async (answer, expected) => {
    await using server = await startScriptedServer(token, answer);
    const finding = portAt('calendar', server.baseUrl).findBusy(range, options);
    expect(await failureOf(finding)).toMatchObject(expected);
    expect(server.received).toHaveLength(2);
  });

  test.each<[Answer, Partial<ProviderError>]>([
    [
      { status: 400, body: { error: 'invalid_grant', error_description: 'revoked' } },
      { kind: 'unauthorized', message: 'google: HTTP 400 invalid_grant revoked' },
    ],
    [{ status: 503, body: {} }, { kind: 'unavailable' }],
    ['drop', { kind: 'unavailable' }],
  ])('a failing token refresh is tried once: %j', async (answer, expected) => {
    await using server = await startScriptedServer(answer);
    const finding = portAt('calendar', server.baseUrl).findBusy(range, options);
    expect(await failureOf(finding)).toMatchObject(expected);
    expect(server.received).toHaveLength(1);
  });

  test('a calendar without busy periods is free, and the access token is kept between calls', async () => {
    const free = { status: 200, body: { calendars: { primary: {} } } };
    await using server = await startScriptedServer(token, free, free);
    const calendar = portAt('calendar', server.baseUrl);
    expect(await calendar.findBusy(range, options)).toEqual([]);
    expect(await calendar.findBusy(range, options)).toEqual([]);
    expect(server.received.map(({ url }) => url)).toEqual([
      '/token',
      '/calendar/v3/freeBusy',
      '/calendar/v3/freeBusy',
    ]);
  });

  test('a booking that fails otherwise than by its id fails', async () => {
    await using server = await startScriptedServer(token, google(404, 'notFound'));
    const booking = portAt('calendar', server.baseUrl).book(
      { effectId: 'eff_1', start: range.from, end: range.to, title: 'Check-up' },
      options,
    );
    expect(await failureOf(booking)).toMatchObject({ kind: 'rejected', status: 404 });
  });

  test('an all-day event and one without details are read as they are', async () => {
    await using server = await startScriptedServer(
      token,
      {
        status: 200,
        body: { id: 'e1', start: { date: '2026-01-01' }, end: { date: '2026-01-02' } },
      },
      { status: 200, body: {} },
    );
    const calendar = portAt('calendar', server.baseUrl);
    const allDay = {
      eventId: 'e1',
      status: '',
      start: '2026-01-01',
      end: '2026-01-02',
      link: null,
    };
    expect(await calendar.get({ eventId: 'e1' }, options)).toEqual(allDay);
    const blank = { eventId: '', status: '', start: '', end: '', link: null };
    expect(await calendar.get({ eventId: 'e2' }, options)).toEqual(blank);
  });
});

test('Stripe’s own errors keep their code and are tried once', async () => {
  await using server = await startScriptedServer(
    {
      status: 404,
      body: {
        error: {
          type: 'invalid_request_error',
          code: 'resource_missing',
          message: 'No such invoice',
        },
      },
    },
    { status: 500, body: { error: { type: 'api_error', message: 'oops' } } },
    { status: 200, body: { id: 'cus_1', object: 'customer', deleted: true } },
  );
  const payment = portAt('payment', server.baseUrl);
  expect(await failureOf(payment.getInvoice({ invoiceId: 'in_1' }, options))).toMatchObject({
    kind: 'rejected',
    providerCode: 'resource_missing',
  });
  expect(await failureOf(payment.getInvoice({ invoiceId: 'in_1' }, options))).toMatchObject({
    kind: 'unavailable',
  });
  expect(await failureOf(payment.getCustomer({ customerId: 'cus_1' }, options))).toMatchObject({
    status: 404,
  });
  expect(server.received).toHaveLength(3);
});

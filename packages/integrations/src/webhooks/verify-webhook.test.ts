import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { assert, integer, nat, pre, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WebhookProvider, WebhookRequest } from './verification.ts';
import { highlevelPublicKey } from './highlevel-signature.ts';
import { workflowRunKey } from './n8n-signature.ts';
import { signStandard } from './standard-signature.ts';
import { isWebhookProvider, verifyWebhook } from './verify-webhook.ts';

const json = { 'content-type': 'application/json; charset=utf-8' };
const nowMs = 1_700_000_000_000;

function request(
  provider: WebhookProvider,
  body: string | Buffer,
  headers: WebhookRequest['headers'],
  secrets: readonly string[],
  rest: Partial<WebhookRequest> = {},
): WebhookRequest {
  const rawBody = Buffer.from(body);
  const url = 'https://api.maxai.example/webhooks/x';
  return { provider, rawBody, headers: { ...json, ...headers }, url, secrets, nowMs, ...rest };
}

const retellBody = '{"event":"call_ended","call":{"call_id":"call_1"}}';
const retellSignature =
  'v=1700000000000,d=f00d2c803854498b298b1b49c4012d741a5149d40394940cbc2dd6be7307561c';
const retell = (headers: WebhookRequest['headers'], rest: Partial<WebhookRequest> = {}) =>
  request('retell', retellBody, headers, ['old', 'key_test'], rest);

const twilioForm = new URLSearchParams({
  Body: 'Hello world',
  From: '+15550002222',
  MessageSid: 'SM0123456789abcdef0123456789abcdef',
  To: '+15550001111',
}).toString();
const twilio = (rest: Partial<WebhookRequest> = {}) =>
  request(
    'twilio',
    twilioForm,
    {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': 'ccH6aLyYtBTBG9X6D+migMwQx+c=',
    },
    ['12345'],
    { url: 'https://example.com/hooks/twilio?foo=1&bar=2', ...rest },
  );

const highlevelBody = '{"type":"ContactCreate","locationId":"loc_1","id":"c_1"}';
const highlevelVectorKey = 'MCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=';
const highlevel = (
  signature: string | undefined,
  keys: readonly string[] = [highlevelPublicKey, highlevelVectorKey],
) =>
  request(
    'highlevel',
    highlevelBody,
    signature === undefined ? {} : { 'x-ghl-signature': signature },
    keys,
  );
const highlevelSignature =
  'AaUMsrD0Xt52ZDLf4yiYNszPuURiptQeiU4eyD+novohatodxq1MI9qVGj2GUmiKwuaVw8CIem3e3GIeAW78AQ==';

const stripeBody = '{"id":"evt_1","object":"event","type":"invoice.paid"}';
const stripeDigest = '8ad3ccd6627d4c5ccaca4879744c3321eb0c9d89da2714501614c0a82c36c505';
const stripe = (header: string | undefined, rest: Partial<WebhookRequest> = {}) =>
  request(
    'stripe',
    stripeBody,
    header === undefined ? {} : { 'stripe-signature': header },
    ['whsec_rotated', 'whsec_test'],
    rest,
  );

const runId = `eff_${'0'.repeat(26)}.1700000000000`;
const n8nBody = JSON.stringify({ runId, status: 'succeeded', output: {} });
const n8nKey = workflowRunKey('webhook_secret', runId);
const n8n = (headers: WebhookRequest['headers'], rest: Partial<WebhookRequest> = {}) =>
  request('n8n', n8nBody, headers, ['rotated', 'webhook_secret'], rest);
const n8nHeaders = (more: Partial<Parameters<typeof signStandard>[0]> = {}) =>
  signStandard({ id: runId, body: n8nBody, key: n8nKey, nowMs, ...more });

describe('Retell', () => {
  test('the documented vectors verify, with a list of secrets', () => {
    expect(verifyWebhook(retell({ 'x-retell-signature': retellSignature }))).toEqual({
      ok: true,
      signedAtMs: nowMs,
      type: 'call_ended',
      externalId: 'call_1',
      dedupeKey: 'call_1:call_ended',
      payload: { event: 'call_ended', call: { call_id: 'call_1' } },
    });
    const sdkVector = request(
      'retell',
      '{"event":"call_ended"}',
      {
        'x-retell-signature':
          'v=1700000000000,d=07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e',
      },
      ['test-api-key'],
    );
    expect(verifyWebhook(sdkVector)).toMatchObject({ ok: true });
  });

  test.each([
    ['signature_missing', {}, nowMs],
    ['signature_malformed', { 'x-retell-signature': 'v=1,d=xyz' }, nowMs],
    [
      'signature_invalid',
      { 'x-retell-signature': `v=1700000000001,${retellSignature.slice(16)}` },
      nowMs,
    ],
    ['signature_stale', { 'x-retell-signature': retellSignature }, nowMs + 300_001],
    ['signature_stale', { 'x-retell-signature': retellSignature }, nowMs - 300_001],
  ])('%s', (code, headers, at) => {
    expect(verifyWebhook(retell(headers, { nowMs: at }))).toEqual({ ok: false, code });
  });

  test('the edge of the window is inside', () => {
    const headers = { 'x-retell-signature': retellSignature };
    expect(verifyWebhook(retell(headers, { nowMs: nowMs + 300_000 })).ok).toBe(true);
  });

  test('no secret at all accepts nothing', () => {
    const headers = { 'x-retell-signature': retellSignature };
    expect(verifyWebhook(retell(headers, { secrets: [] })).ok).toBe(false);
  });
});

describe('Twilio', () => {
  test('the documented form vector verifies', () => {
    expect(verifyWebhook(twilio())).toMatchObject({
      ok: true,
      type: 'inbound_message',
      dedupeKey: 'SM0123456789abcdef0123456789abcdef:received',
      payload: { Body: 'Hello world' },
    });
  });

  test('the documented JSON vector verifies, and its hash binds the body', () => {
    const hash = '015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862';
    const signed = (body: string) =>
      request('twilio', body, { 'x-twilio-signature': 'JNLNxSyRxPqzfkwMkdH7kxBz93I=' }, ['12345'], {
        url: `https://example.com/hooks/json?bodySHA256=${hash}`,
      });
    expect(verifyWebhook(signed('{"a":1}'))).toMatchObject({ ok: true, type: 'other' });
    expect(verifyWebhook(signed('{"a":2}'))).toEqual({ ok: false, code: 'signature_invalid' });
  });

  test.each([
    ['https://example.com/hook', 'https://example.com:443/hook'],
    ['https://example.com:8443/hook', 'https://example.com/hook'],
    ['http://example.com/hook', 'http://example.com:80/hook'],
  ])('%s also verifies when Twilio signed %s', (url, signedUrl) => {
    const signature = createHmac('sha1', '12345').update(`${signedUrl}A1A2B`).digest('base64');
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature,
    };
    // A repeated key counts each distinct value once, sorted; an empty value keeps its key.
    const body = 'B=&A=2&A=1&A=2';
    expect(verifyWebhook(request('twilio', body, headers, ['12345'], { url })).ok).toBe(true);
  });

  test.each([
    ['signature_missing', undefined],
    ['signature_malformed', 'not base64'],
    ['signature_invalid', 'dcH6aLyYtBTBG9X6D+migMwQx+c='],
  ])('%s', (code, signature) => {
    const headers = { ...twilio().headers, 'x-twilio-signature': signature };
    expect(verifyWebhook(twilio({ headers }))).toEqual({ ok: false, code });
  });
});

describe('HighLevel', () => {
  const keys = generateKeyPairSync('ed25519');
  const spki = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const signed = (payload: unknown) => {
    const body = JSON.stringify(payload);
    const signature = sign(null, Buffer.from(body), keys.privateKey).toString('base64');
    return request('highlevel', body, { 'x-ghl-signature': signature }, [spki]);
  };

  test('the documented vector verifies; without an id of its own the body’s hash deduplicates', () => {
    expect(verifyWebhook(highlevel(highlevelSignature))).toMatchObject({
      ok: true,
      type: 'ContactCreate',
      externalId: 'c_1',
      dedupeKey: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  test('the timestamp in the body limits its age either way', () => {
    const at = (ms: number) =>
      verifyWebhook(signed({ timestamp: new Date(ms).toISOString(), webhookId: 'w1' }));
    expect(at(nowMs - 299_000)).toMatchObject({
      ok: true,
      dedupeKey: 'w1',
      signedAtMs: nowMs - 299_000,
    });
    expect(at(nowMs - 301_000)).toEqual({ ok: false, code: 'signature_stale' });
    expect(at(nowMs + 301_000)).toEqual({ ok: false, code: 'signature_stale' });
  });

  test('a signed body that is no object is refused as a request', () => {
    expect(() => verifyWebhook(signed([1]))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  test.each([
    ['signature_missing', undefined],
    ['signature_malformed', 'N/A'],
    ['signature_invalid', `B${highlevelSignature.slice(1)}`],
  ])('%s', (code, signature) => {
    expect(verifyWebhook(highlevel(signature))).toEqual({ ok: false, code });
  });

  test('a configured key that is not Ed25519 is never a match', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ec = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const outcome = verifyWebhook(highlevel(highlevelSignature, ['garbage', ec]));
    expect(outcome).toEqual({ ok: false, code: 'signature_invalid' });
  });

  test('more distinct keys than are kept still verify', () => {
    const many = Array.from({ length: 1001 }, (_, index) => `key${index}`);
    expect(verifyWebhook(highlevel(highlevelSignature, [...many, highlevelVectorKey])).ok).toBe(
      true,
    );
  });
});

describe('Stripe', () => {
  test('the documented vector verifies among other schemes and signatures', () => {
    const header = `t=1700000000,v1=${'0'.repeat(64)},v1=${stripeDigest},v0=abc`;
    expect(verifyWebhook(stripe(header))).toMatchObject({
      ok: true,
      type: 'invoice.paid',
      dedupeKey: 'evt_1',
      signedAtMs: nowMs,
    });
  });

  test.each([
    ['signature_missing', undefined, nowMs],
    ['signature_malformed', `v1=${stripeDigest}`, nowMs],
    ['signature_malformed', 't=1700000000,v0=abc', nowMs],
    ['signature_invalid', `t=1700000001,v1=${stripeDigest}`, nowMs],
    ['signature_stale', `t=1700000000,v1=${stripeDigest}`, nowMs + 300_001],
  ])('%s', (code, header, at) => {
    expect(verifyWebhook(stripe(header, { nowMs: at }))).toEqual({ ok: false, code });
  });

  test('a timestamp ahead of our clock passes, as with Stripe’s own check', () => {
    const outcome = verifyWebhook(stripe(`t=1700000000,v1=${stripeDigest}`, { nowMs: 0 }));
    expect(outcome.ok).toBe(true);
  });
});

describe('n8n', () => {
  test('a result that is signed with the key of its run verifies, whichever secret the key follows from [R150]', () => {
    expect(verifyWebhook(n8n(n8nHeaders()))).toEqual({
      ok: true,
      signedAtMs: nowMs,
      type: 'run_finished',
      externalId: runId,
      dedupeKey: runId,
      payload: { runId, status: 'succeeded', output: {} },
    });
  });

  test('the signature is that of Standard Webhooks', () => {
    const digest = createHmac('sha256', n8nKey).update(`${runId}.1700000000.${n8nBody}`);
    expect(n8nHeaders()).toEqual({
      'webhook-id': runId,
      'webhook-timestamp': '1700000000',
      'webhook-signature': `v1,${digest.digest('base64')}`,
    });
  });

  const malformed = { 'webhook-id': runId, 'webhook-timestamp': '1700000000' };
  const another = `eff_${'1'.repeat(26)}.1700000000000`;
  test.each<[string, WebhookRequest['headers']]>([
    ['signature_missing', {}],
    ['signature_malformed', { ...malformed, 'webhook-signature': 'v2,AAAA' }],
    ['signature_malformed', { ...n8nHeaders(), 'webhook-id': undefined }],
    ['signature_malformed', { ...n8nHeaders(), 'webhook-timestamp': 'now' }],
    ['signature_invalid', n8nHeaders({ key: 'webhook_secret' })],
    ['signature_invalid', { ...n8nHeaders(), 'webhook-timestamp': '1700000001' }],
    // The key of another run, under that run's name, over a body that speaks of this one.
    ['signature_invalid', n8nHeaders({ id: another, key: workflowRunKey('rotated', another) })],
    ['signature_stale', n8nHeaders({ nowMs: nowMs - 301_000 })],
    ['signature_stale', n8nHeaders({ nowMs: nowMs + 301_000 })],
  ])('%s: %j [R150]', (code, headers) => {
    expect(verifyWebhook(n8n(headers))).toEqual({ ok: false, code });
  });

  test.each(['[1]', 'not json'])('a signed body that names no run is refused: %s', (body) => {
    const signed = n8n(n8nHeaders({ body }), { rawBody: Buffer.from(body) });
    expect(verifyWebhook(signed)).toEqual({ ok: false, code: 'signature_invalid' });
  });
});

describe('any provider', () => {
  const accepted: readonly WebhookRequest[] = [
    retell({ 'x-retell-signature': retellSignature }),
    twilio(),
    highlevel(highlevelSignature),
    stripe(`t=1700000000,v1=${stripeDigest}`),
    n8n(n8nHeaders()),
  ];

  test.each(accepted.map((entry) => [entry.provider, entry] as const))(
    '%s: a body with any bit flipped is refused',
    (_, valid) => {
      assert(
        property(nat(valid.rawBody.length - 1), integer({ min: 0, max: 7 }), (at, bit) => {
          const rawBody = Buffer.from(valid.rawBody);
          rawBody[at] = (rawBody[at] ?? 0) ^ (1 << bit);
          // `%2b` and `%2B` are the same form.
          pre(rawBody.toString().toLowerCase() !== valid.rawBody.toString().toLowerCase());
          expect(verifyWebhook({ ...valid, rawBody }).ok).toBe(false);
        }),
      );
    },
  );

  test.each(accepted.map((entry) => [entry.provider, entry] as const))(
    '%s: another secret is refused',
    (_, valid) => {
      assert(
        property(string(), (secret) => {
          expect(verifyWebhook({ ...valid, secrets: [secret] }).ok).toBe(false);
        }),
      );
    },
  );

  test('a signed body of another type or that is no JSON has its own error', () => {
    const body = 'not json';
    const digest = createHmac('sha256', 'whsec_test').update(`1700000000.${body}`).digest('hex');
    const signed = stripe(`t=1700000000,v1=${digest}`, { rawBody: Buffer.from(body) });
    expect(() => verifyWebhook(signed)).toThrow(
      expect.objectContaining({ code: 'malformed_json' }),
    );
    for (const type of ['text/plain', undefined]) {
      const headers = { ...signed.headers, 'content-type': type };
      expect(() => verifyWebhook({ ...signed, headers })).toThrow(
        expect.objectContaining({ code: 'unsupported_media_type' }),
      );
    }
  });

  test('only the five that post webhooks are webhook providers', () => {
    expect(['retell', 'twilio', 'highlevel', 'stripe', 'n8n'].every(isWebhookProvider)).toBe(true);
    expect(['google', 'openrouter', 'toString'].some(isWebhookProvider)).toBe(false);
  });
});

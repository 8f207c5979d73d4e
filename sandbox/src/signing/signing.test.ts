import { createPublicKey, verify } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  generateHighLevelKeyPair,
  signHighLevel,
  signRetell,
  signStripe,
  signTwilioForm,
  signTwilioJson,
} from './index.ts';

it.each([
  {
    apiKey: 'key_test',
    rawBody: '{"event":"call_ended","call":{"call_id":"call_1"}}',
    digest: 'f00d2c803854498b298b1b49c4012d741a5149d40394940cbc2dd6be7307561c',
  },
  {
    apiKey: 'test-api-key',
    rawBody: '{"event":"call_ended"}',
    digest: '07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e',
  },
])('signs $rawBody as Retell does', ({ apiKey, rawBody, digest }) => {
  expect(signRetell({ apiKey, rawBody, nowMs: 1_700_000_000_000 })).toEqual({
    'x-retell-signature': `v=1700000000000,d=${digest}`,
  });
});

const twilioUrl = 'https://example.com/hooks/twilio?foo=1&bar=2';
const twilioForm = new URLSearchParams({
  MessageSid: 'SM0123456789abcdef0123456789abcdef',
  Body: 'Hello world',
  To: '+15550001111',
  From: '+15550002222',
});

it('signs a form as Twilio does, whatever the order of its fields', () => {
  expect(signTwilioForm({ url: twilioUrl, form: twilioForm, authToken: '12345' })).toEqual({
    'x-twilio-signature': 'ccH6aLyYtBTBG9X6D+migMwQx+c=',
  });
});

it('signs the repeated values of a key once each, sorted', () => {
  const signed = (pairs: string) =>
    signTwilioForm({ url: twilioUrl, form: new URLSearchParams(pairs), authToken: '12345' });
  expect(signed('a=2&a=1&a=2')).toEqual(signed('a=1&a=2'));
  expect(signed('a=1&a=2')).not.toEqual(signed('a=1'));
});

it('signs JSON as Twilio does, by the hash in the query', () => {
  const signed = signTwilioJson({
    url: 'https://example.com/hooks/json',
    rawBody: '{"a":1}',
    authToken: '12345',
  });
  expect(signed).toEqual({
    url: 'https://example.com/hooks/json?bodySHA256=015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862',
    headers: { 'x-twilio-signature': 'JNLNxSyRxPqzfkwMkdH7kxBz93I=' },
  });
  expect(
    signTwilioJson({ url: 'https://example.com/?a=1', rawBody: '{}', authToken: '1' }).url,
  ).toContain('?a=1&bodySHA256=');
});

it('signs as Stripe does', () => {
  expect(
    signStripe({
      secret: 'whsec_test',
      rawBody: '{"id":"evt_1","object":"event","type":"invoice.paid"}',
      nowMs: 1_700_000_000_000,
    }),
  ).toEqual({
    'stripe-signature':
      't=1700000000,v1=8ad3ccd6627d4c5ccaca4879744c3321eb0c9d89da2714501614c0a82c36c505',
  });
});

const highlevelBody = '{"type":"ContactCreate","locationId":"loc_1","id":"c_1"}';

function isSigned(publicKey: string, rawBody: string, signature: string): boolean {
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  return verify(null, Buffer.from(rawBody), key, Buffer.from(signature, 'base64'));
}

it('verifies the published HighLevel vector, and its own signatures, by the same check', () => {
  const vector =
    'AaUMsrD0Xt52ZDLf4yiYNszPuURiptQeiU4eyD+novohatodxq1MI9qVGj2GUmiKwuaVw8CIem3e3GIeAW78AQ==';
  const published = 'MCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=';
  expect(isSigned(published, highlevelBody, vector)).toBe(true);

  const keys = generateHighLevelKeyPair();
  const signed = signHighLevel({ rawBody: highlevelBody, privateKey: keys.privateKey });
  expect(isSigned(keys.publicKey, highlevelBody, signed['x-ghl-signature'])).toBe(true);
  expect(isSigned(keys.publicKey, `${highlevelBody} `, signed['x-ghl-signature'])).toBe(false);
});

import { newId } from '@maxai/kernel/ids';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from './index.ts';
import { redactText } from './redact-text.ts';

const jwt = `eyJhbGciOiJFZERTQSJ9.${'c2Vj'.repeat(8)}.${'sig_-'.repeat(6)}`;
const pem = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADAN'.repeat(4)}\n-----END PRIVATE KEY-----`;

/** Text with a secret in it, the secret, and what is left. */
const sentences: readonly (readonly [what: string, text: string, secret: string, left: string])[] =
  [
    ['an API key', 'key mxk_Ab3-dE_9zQ1 was refused', 'Ab3-dE_9zQ1', 'key [redacted] was refused'],
    ['a bearer token', 'sent Bearer abc.DEF-123_x~/+=', 'abc.DEF-123', 'sent Bearer [redacted]'],
    [
      'basic credentials',
      'authorization: Basic dXNlcjpwYXNz',
      'dXNlcjpwYXNz',
      'authorization: Basic [redacted]',
    ],
    ['a JWT', `token (${jwt}) expired`, 'c2Vjc2Vj', 'token ([redacted]) expired'],
    [
      'a webhook secret',
      'bad whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw!',
      'MfKQ9r8',
      'bad [redacted]!',
    ],
    [
      'a Stripe key',
      '"sk_live_51Hx8yZ" or rk_test_51Hx8yZ',
      '51Hx8yZ',
      '"[redacted]" or [redacted]',
    ],
    ['an OpenRouter key', 'sk-or-v1-0123abcdef: 401', '0123abcdef', '[redacted]: 401'],
    ['a HighLevel token', 'pit-6a4f9c2e-11aa is revoked', '6a4f9c2e', '[redacted] is revoked'],
    ['Google’s tokens', 'ya29.a0AfH6SMBx, GOCSPX-4kTy_9', 'a0AfH6SMBx', '[redacted], [redacted]'],
    [
      'a Retell key',
      'Retell: key_0123456789abcdef0123456789ab',
      '0123456789ab',
      'Retell: [redacted]',
    ],
    ['a private key', `cannot read ${pem}.`, 'MIIEvQIBADAN', 'cannot read [redacted].'],
    [
      'a connection string',
      'connect postgres://iam_app:hun%2Fter@db:5432/maxai',
      'hun%2Fter',
      'connect postgres://iam_app:[redacted]@db:5432/maxai',
    ],
    [
      'a query',
      'GET /api/auth/callback?code=4%2F0Ade&state=xyz&scope=openid',
      '4%2F0Ade',
      'GET /api/auth/callback?code=[redacted]&state=[redacted]&scope=openid',
    ],
    [
      'a form',
      'body client_secret=hunter2&grant_type=x',
      'hunter2',
      'body client_secret=[redacted]&grant_type=x',
    ],
    ['a phone number', 'SMS to +15550100123 failed', '15550100123', 'SMS to [phone] failed'],
    ['an address', 'no member owner+1@harbor.example.', 'owner', 'no member [email].'],
    ['a phone number in a URL', 'GET /a/%2B15550100123?', '15550100123', 'GET /a/[phone]?'],
    ['an address in a URL', '/members/owner%40harbor.example', 'owner', '/members/[email]'],
    ['a card', 'pay 4242 4242 4242 4242 now', '4242 4242', 'pay [card] now'],
    ['a card in a URL', '/cards/378282246310005/x', '378282246310005', '/cards/[card]/x'],
  ];

describe('text that is logged', () => {
  it.each(sentences)('does not hold %s, and keeps its other words', (_what, text, secret, left) => {
    expect(redactText(text)).toBe(left);
    expect(text).toContain(secret);
    const written: string[] = [];
    const logger = createLogger({
      service: 'iam',
      version: '1',
      level: 'info',
      destination: { write: (line) => void written.push(line) },
    });
    logger.info({ note: [text], err: new Error(text) }, text);
    logger.child({ bound: text }).warn('bound');
    expect(written.join('')).not.toContain(secret);
    const [first, second] = written.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ message: left, note: [left], err: { message: left } });
    expect(second).toMatchObject({ bound: left });
  });

  it.each([
    newId('apiKey'),
    `${newId('correlation')} 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`,
    'at /srv/node_modules/@maxai/runtime/src/x.ts:1:2, npm:pg@8.23.1',
    'exit code=1, 3 tokens, +1 more, unexpected token, cockpit-controls',
    '2026-11-20T10:00:00.000Z 1+1=2 SM2a48e3a4136926d65fe8b2944a169a2e',
    'duplicate key value violates unique constraint "api_key_secret_hash_key"',
    'order 4242424242424243 of 1763978400000, call 4000-12',
    '{"at":4242424242424242,"in":[5555555555554444,1]}',
  ])('keeps %j as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });

  it('stays JSON, and holds no secret, whatever stands around it', () => {
    const between = fc.constantFrom('\n', '\t', ' ', '"', '\\ ', '\u001b', '\0', '€', ', ');
    const words = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...sentences.map(([, text]) => text)),
    );
    const known = sentences.map(([, , secret]) => secret);
    fc.assert(
      fc.property(fc.array(fc.tuple(words, between)), (parts) => {
        const text = parts.flat().join('');
        const redacted: unknown = JSON.parse(redactText(JSON.stringify({ text })));
        expect(known.filter((secret) => JSON.stringify(redacted).includes(secret))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

import { expect, it } from 'vitest';
import { redactSpan } from './redact-span.ts';

it('a span shows no query, no address of a person, and no secret in any text', () => {
  const span = {
    attributes: {
      'url.full': 'https://api.twilio.com/Messages.json?To=%2B15550001111',
      'url.query': 'To=%2B15550001111',
      'url.path': '/Messages.json',
      'client.address': '203.0.113.7',
      'user_agent.original': 'Somebody',
      'http.response.status_code': 200,
      note: 'Bearer abcdefgh12345678',
    } as Record<string, string | number>,
    events: [{ attributes: { 'exception.message': 'nora@example.com is unknown' } }, {}],
    status: { message: 'refused +15550001111' } as { message?: string },
  };
  redactSpan(span);
  expect(span).toEqual({
    attributes: {
      'url.full': 'https://api.twilio.com/Messages.json',
      'url.path': '/Messages.json',
      'http.response.status_code': 200,
      note: 'Bearer [redacted]',
    },
    events: [{ attributes: { 'exception.message': '[email] is unknown' } }, {}],
    status: { message: 'refused [phone]' },
  });
  const silent = { attributes: {}, events: [], status: {} };
  redactSpan(silent);
  expect(silent.status).toEqual({});
});

import { expect, test } from 'vitest';
import type { WebhookPayload, WebhookProvider } from './verification.ts';
import { readWebhookFacts } from './webhook-facts.ts';

function facts(provider: WebhookProvider, payload: WebhookPayload) {
  return readWebhookFacts(provider, payload, Buffer.from(JSON.stringify(payload)));
}

test('Retell events of one call differ by event, and a repeating one by its body', () => {
  const transcript = (text: string) =>
    facts('retell', { event: 'transcript_updated', call: { call_id: 'c1', transcript: text } });
  expect(transcript('a').dedupeKey).not.toBe(transcript('b').dedupeKey);
  expect(transcript('a').dedupeKey).toBe(transcript('a').dedupeKey);
  expect(facts('retell', { event: 'chat_ended', chat: { chat_id: 'h1' } })).toEqual({
    type: 'chat_ended',
    externalId: 'h1',
    dedupeKey: 'h1:chat_ended',
  });
  expect(facts('retell', { event: 'call_inbound' }).dedupeKey).toMatch(/^sha256:/);
});

test('Twilio messages differ by status, whatever unsigned headers say', () => {
  expect(facts('twilio', { MessageSid: 'SM1', MessageStatus: 'delivered' })).toEqual({
    type: 'message_status',
    externalId: 'SM1',
    dedupeKey: 'SM1:delivered',
  });
});

test('HighLevel ids are found wherever the event keeps them', () => {
  expect(facts('highlevel', { type: 'InboundMessage', messageId: 'm1' }).externalId).toBe('m1');
  const appointment = { type: 'AppointmentCreate', appointment: { id: 'a1' } };
  expect(facts('highlevel', appointment).externalId).toBe('a1');
});

test('an event that names no type or id is still stored under a key of its own', () => {
  expect(facts('stripe', {})).toEqual({
    type: 'unknown',
    externalId: '',
    dedupeKey: expect.stringMatching(/^sha256:/),
  });
});

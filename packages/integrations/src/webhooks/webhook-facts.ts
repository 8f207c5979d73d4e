import { recordAt, textAt } from '../json-reading.ts';
import { sha256Hex } from './digests.ts';
import type { WebhookFacts, WebhookPayload, WebhookProvider } from './verification.ts';

type ReadFacts = (
  payload: WebhookPayload,
  /** SHA-256 of the body: tells deliveries apart that carry no id of their own. */
  bodyHash: () => string,
) => WebhookFacts;

/** Retell has no delivery id: call and event are one, except for the event that repeats. */
const readRetell: ReadFacts = (payload, bodyHash) => {
  const type = textAt(payload, 'event');
  const externalId =
    textAt(recordAt(payload, 'call'), 'call_id') || textAt(recordAt(payload, 'chat'), 'chat_id');
  const unique = externalId !== '' && type !== 'transcript_updated';
  return { type, externalId, dedupeKey: unique ? `${externalId}:${type}` : bodyHash() };
};

/** The `I-Twilio-Idempotency-Token` header is not signed, so the signed fields decide. */
const readTwilio: ReadFacts = (payload, bodyHash) => {
  const externalId = textAt(payload, 'MessageSid');
  const status = textAt(payload, 'MessageStatus');
  const type = status === '' ? 'inbound_message' : 'message_status';
  return externalId === ''
    ? { type: 'other', externalId, dedupeKey: bodyHash() }
    : { type, externalId, dedupeKey: `${externalId}:${status || 'received'}` };
};

const readHighlevel: ReadFacts = (payload, bodyHash) => ({
  type: textAt(payload, 'type'),
  externalId:
    textAt(payload, 'id') ||
    textAt(payload, 'messageId') ||
    textAt(recordAt(payload, 'appointment'), 'id'),
  dedupeKey: textAt(payload, 'webhookId') || bodyHash(),
});

const readStripe: ReadFacts = (payload, bodyHash) => ({
  type: textAt(payload, 'type'),
  externalId: textAt(recordAt(recordAt(payload, 'data'), 'object'), 'id'),
  dedupeKey: textAt(payload, 'id') || bodyHash(),
});

/** A run has one result: whatever else is posted for it is the same thing again. */
const readN8n: ReadFacts = (payload) => {
  const runId = textAt(payload, 'runId');
  return { type: 'run_finished', externalId: runId, dedupeKey: runId };
};

const readers: Readonly<Record<WebhookProvider, ReadFacts>> = {
  retell: readRetell,
  twilio: readTwilio,
  highlevel: readHighlevel,
  stripe: readStripe,
  n8n: readN8n,
};

export function readWebhookFacts(
  provider: WebhookProvider,
  payload: WebhookPayload,
  rawBody: Buffer,
): WebhookFacts {
  const facts = readers[provider](payload, () => `sha256:${sha256Hex(rawBody)}`);
  return { ...facts, type: facts.type || 'unknown' };
}

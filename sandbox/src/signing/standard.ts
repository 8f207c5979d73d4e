import { createHmac } from 'node:crypto';

/** The headers of Standard Webhooks; the key is the text itself. */
export function signStandardWebhook(input: {
  id: string;
  rawBody: string;
  key: string;
  nowMs: number;
}): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const { id, rawBody, key, nowMs } = input;
  const seconds = String(Math.floor(nowMs / 1000));
  const digest = createHmac('sha256', key).update(`${id}.${seconds}.${rawBody}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${digest}`,
  };
}

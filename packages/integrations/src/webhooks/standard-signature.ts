import { hmac } from './digests.ts';

export const standardHeaders = {
  id: 'webhook-id',
  timestamp: 'webhook-timestamp',
  signature: 'webhook-signature',
} as const;

/** HMAC-SHA256 over `<id>.<seconds>.<body>`; the key is the text itself. */
export function standardDigest(
  key: string,
  id: string,
  seconds: string,
  body: string | Buffer,
): Buffer {
  return hmac('sha256', key, `${id}.${seconds}.`, body);
}

/** The three headers of Standard Webhooks, scheme `v1`, for one message. */
export function signStandard(message: {
  readonly id: string;
  readonly body: string;
  readonly key: string;
  readonly nowMs: number;
}): Record<string, string> {
  const { id, body, key, nowMs } = message;
  const seconds = String(Math.floor(nowMs / 1000));
  const digest = standardDigest(key, id, seconds, body).toString('base64');
  return {
    [standardHeaders.id]: id,
    [standardHeaders.timestamp]: seconds,
    [standardHeaders.signature]: `v1,${digest}`,
  };
}

import { digestsEqual, hmac } from './digests.ts';
import type { SignatureCheck, WebhookRequest } from './verification.ts';

const windowMs = 300_000;

/**
 * `Stripe-Signature: t=…,v1=…[,v1=…]`: any `v1` over `<t>.<body>` counts, other schemes are ignored. Like
 * Stripe's own check only age is limited: a clock ahead of ours is accepted.
 */
export function verifyStripeSignature(request: WebhookRequest): SignatureCheck {
  const header = request.headers['stripe-signature'];
  if (header === undefined) return { ok: false, code: 'signature_missing' };
  const fields = String(header).split(',');
  const timestamp = fields.map((field) => /^t=(\d{1,12})$/.exec(field)?.[1]).find(Boolean);
  const given = fields.flatMap((field) => {
    const digest = /^v1=([0-9a-f]{64})$/.exec(field)?.[1];
    return digest === undefined ? [] : [Buffer.from(digest, 'hex')];
  });
  if (timestamp === undefined || given.length === 0)
    return { ok: false, code: 'signature_malformed' };
  const valid = request.secrets.some((secret) => {
    const expected = hmac('sha256', secret, `${timestamp}.`, request.rawBody);
    return given.some((candidate) => digestsEqual(expected, candidate));
  });
  if (!valid) return { ok: false, code: 'signature_invalid' };
  const signedAtMs = Number(timestamp) * 1000;
  return request.nowMs - signedAtMs > windowMs
    ? { ok: false, code: 'signature_stale' }
    : { ok: true, signedAtMs };
}

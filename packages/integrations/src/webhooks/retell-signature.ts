import { digestsEqual, hmac } from './digests.ts';
import type { SignatureCheck, WebhookRequest } from './verification.ts';

const headerPattern = /^v=(\d{1,15}),d=([0-9a-f]{64})$/i;
const windowMs = 300_000;

/** `x-retell-signature: v=<ms>,d=<hex HMAC-SHA256(key, body + ms)>`, five minutes either way. */
export function verifyRetellSignature(request: WebhookRequest): SignatureCheck {
  const header = request.headers['x-retell-signature'];
  if (header === undefined) return { ok: false, code: 'signature_missing' };
  const [, timestamp, digest] = headerPattern.exec(String(header)) ?? [];
  if (timestamp === undefined || digest === undefined)
    return { ok: false, code: 'signature_malformed' };
  const given = Buffer.from(digest, 'hex');
  const valid = request.secrets.some((secret) =>
    digestsEqual(hmac('sha256', secret, request.rawBody, timestamp), given),
  );
  if (!valid) return { ok: false, code: 'signature_invalid' };
  const signedAtMs = Number(timestamp);
  return Math.abs(request.nowMs - signedAtMs) > windowMs
    ? { ok: false, code: 'signature_stale' }
    : { ok: true, signedAtMs };
}

import { isRecord, parseJson } from '../json-reading.ts';
import { digestsEqual, hmac } from './digests.ts';
import { standardDigest, standardHeaders } from './standard-signature.ts';
import type { SignatureCheck, WebhookRequest } from './verification.ts';

const windowMs = 300_000;

/** The key that one run signs its callback with: it follows from the run, and opens no other. */
export function workflowRunKey(webhookSecret: string, runId: string): string {
  return hmac('sha256', webhookSecret, runId).toString('hex');
}

/**
 * Standard Webhooks' three headers, five minutes either way. `webhook-id` is the run, whose own key signs, and the
 * body must speak of that run: what one workflow was handed signs for nothing else.
 */
export function verifyN8nSignature(request: WebhookRequest): SignatureCheck {
  const [id, seconds, signature] = [
    standardHeaders.id,
    standardHeaders.timestamp,
    standardHeaders.signature,
  ].map((name) => request.headers[name]);
  if (signature === undefined) return { ok: false, code: 'signature_missing' };
  const digest = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(String(signature))?.[1];
  if (id === undefined || digest === undefined || !/^\d{1,12}$/.test(String(seconds))) {
    return { ok: false, code: 'signature_malformed' };
  }
  const given = Buffer.from(digest, 'base64');
  const signed = request.secrets.some((secret) => {
    const key = workflowRunKey(secret, String(id));
    return digestsEqual(standardDigest(key, String(id), String(seconds), request.rawBody), given);
  });
  const body = parseJson(request.rawBody.toString());
  if (!signed || !isRecord(body) || body['runId'] !== id) {
    return { ok: false, code: 'signature_invalid' };
  }
  const signedAtMs = Number(seconds) * 1000;
  return Math.abs(request.nowMs - signedAtMs) > windowMs
    ? { ok: false, code: 'signature_stale' }
    : { ok: true, signedAtMs };
}

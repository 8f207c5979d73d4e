import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { isRecord, parseJson, textAt } from '../json-reading.ts';
import type { SignatureCheck, WebhookRequest } from './verification.ts';

/** HighLevel's published Ed25519 key (SPKI, base64): the default of a connection's accepted keys. */
export const highlevelPublicKey = 'MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=';

const headerPattern = /^[A-Za-z0-9+/]{86}==$/;
const windowMs = 300_000;
const parsedKeys = new Map<string, KeyObject | null>();

/** Parsing a key costs as much as verifying with it, so parsed ones are kept; `null` for what is no Ed25519 key. */
function publicKey(spki: string): KeyObject | null {
  let key = parsedKeys.get(spki);
  if (key === undefined) {
    try {
      const parsed = createPublicKey({
        key: Buffer.from(spki, 'base64'),
        format: 'der',
        type: 'spki',
      });
      key = parsed.asymmetricKeyType === 'ed25519' ? parsed : null;
    } catch {
      key = null;
    }
    if (parsedKeys.size >= 1000) parsedKeys.clear();
    parsedKeys.set(spki, key);
  }
  return key;
}

/**
 * `X-GHL-Signature`: base64 Ed25519 over the body. The body's own `timestamp` limits its age; payloads
 * documented without one rely on deduplication alone.
 */
export function verifyHighlevelSignature(request: WebhookRequest): SignatureCheck {
  const header = request.headers['x-ghl-signature'];
  if (header === undefined) return { ok: false, code: 'signature_missing' };
  if (!headerPattern.test(String(header))) return { ok: false, code: 'signature_malformed' };
  const signature = Buffer.from(String(header), 'base64');
  const valid = request.secrets.some((spki) => {
    const key = publicKey(spki);
    return key !== null && verify(null, request.rawBody, key, signature);
  });
  if (!valid) return { ok: false, code: 'signature_invalid' };
  const payload = parseJson(request.rawBody.toString());
  const signedAtMs = Date.parse(isRecord(payload) ? textAt(payload, 'timestamp') : '');
  if (Number.isNaN(signedAtMs)) return { ok: true };
  return Math.abs(request.nowMs - signedAtMs) > windowMs
    ? { ok: false, code: 'signature_stale' }
    : { ok: true, signedAtMs };
}

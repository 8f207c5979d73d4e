import { digestsEqual, hmac, sha256Hex } from './digests.ts';
import type { SignatureCheck, WebhookRequest } from './verification.ts';

const headerPattern = /^[A-Za-z0-9+/]{27}=$/;

/** Keys in code-unit order; a repeated key gives each distinct value once, in order. */
function signedForm(body: string): string {
  const form = new URLSearchParams(body);
  return [...new Set(form.keys())]
    .toSorted()
    .flatMap((key) => [...new Set(form.getAll(key))].toSorted().map((value) => key + value))
    .join('');
}

/** Twilio signs the URL with or without its port, whatever was configured. */
function urlForms(url: string): readonly string[] {
  const { protocol, hostname, port } = new URL(url);
  const rest = url.slice(url.indexOf('/', protocol.length + 2));
  const defaultPort = protocol === 'https:' ? '443' : '80';
  return [
    url,
    `${protocol}//${hostname}${rest}`,
    `${protocol}//${hostname}:${port || defaultPort}${rest}`,
  ];
}

/**
 * `X-Twilio-Signature`: base64 HMAC-SHA1(auth token, URL + sorted form). With `bodySHA256` in the query (JSON
 * bodies) the URL alone is signed and carries the body's hash.
 */
export function verifyTwilioSignature(request: WebhookRequest): SignatureCheck {
  const header = request.headers['x-twilio-signature'];
  if (header === undefined) return { ok: false, code: 'signature_missing' };
  if (!headerPattern.test(String(header))) return { ok: false, code: 'signature_malformed' };
  const bodyHash = new URL(request.url).searchParams.get('bodySHA256');
  const form = bodyHash === null ? signedForm(request.rawBody.toString()) : '';
  const given = Buffer.from(String(header), 'base64');
  const valid = request.secrets.some((secret) =>
    urlForms(request.url).some((url) => digestsEqual(hmac('sha1', secret, url, form), given)),
  );
  const bodyValid =
    bodyHash === null ||
    digestsEqual(Buffer.from(sha256Hex(request.rawBody)), Buffer.from(bodyHash.toLowerCase()));
  return valid && bodyValid ? { ok: true } : { ok: false, code: 'signature_invalid' };
}

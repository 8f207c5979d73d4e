import { createHash, createHmac } from 'node:crypto';

function sign(authToken: string, text: string): string {
  return createHmac('sha1', authToken).update(text).digest('base64');
}

/**
 * The `X-Twilio-Signature` of a form: HMAC-SHA1 over the exact public URL and every `key + value`, keys sorted,
 * a repeated key's values de-duplicated and sorted.
 */
export function signTwilioForm(input: { url: string; form: URLSearchParams; authToken: string }): {
  'x-twilio-signature': string;
} {
  const keys = [...new Set(input.form.keys())].toSorted();
  const pairs = keys.flatMap((key) =>
    [...new Set(input.form.getAll(key))].toSorted().map((value) => key + value),
  );
  return { 'x-twilio-signature': sign(input.authToken, input.url + pairs.join('')) };
}

/** The JSON variant: the body's SHA-256 joins the query of the URL, and only that URL is signed. */
export function signTwilioJson(input: { url: string; rawBody: string; authToken: string }): {
  url: string;
  headers: { 'x-twilio-signature': string };
} {
  const hash = createHash('sha256').update(input.rawBody).digest('hex');
  const url = `${input.url}${input.url.includes('?') ? '&' : '?'}bodySHA256=${hash}`;
  return { url, headers: { 'x-twilio-signature': sign(input.authToken, url) } };
}

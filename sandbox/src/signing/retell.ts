import { createHmac } from 'node:crypto';

/** The `x-retell-signature` header: HMAC-SHA256 of body then milliseconds, no separator. */
export function signRetell(input: { rawBody: string; apiKey: string; nowMs: number }): {
  'x-retell-signature': string;
} {
  const digest = createHmac('sha256', input.apiKey)
    .update(`${input.rawBody}${input.nowMs}`)
    .digest('hex');
  return { 'x-retell-signature': `v=${input.nowMs},d=${digest}` };
}

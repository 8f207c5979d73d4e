import { createHmac } from 'node:crypto';

/** The `Stripe-Signature` header; the key is the whole `whsec_…` text, never its decoded bytes. */
export function signStripe(input: { rawBody: string; secret: string; nowMs: number }): {
  'stripe-signature': string;
} {
  const seconds = Math.floor(input.nowMs / 1000);
  const digest = createHmac('sha256', input.secret)
    .update(`${seconds}.${input.rawBody}`)
    .digest('hex');
  return { 'stripe-signature': `t=${seconds},v1=${digest}` };
}

import { verifyHighlevelSignature } from './highlevel-signature.ts';
import { verifyN8nSignature } from './n8n-signature.ts';
import { verifyRetellSignature } from './retell-signature.ts';
import { verifyStripeSignature } from './stripe-signature.ts';
import { verifyTwilioSignature } from './twilio-signature.ts';
import type {
  SignatureCheck,
  WebhookProvider,
  WebhookRequest,
  WebhookVerification,
} from './verification.ts';
import { readWebhookFacts } from './webhook-facts.ts';
import { parseWebhookPayload } from './webhook-payload.ts';

const signatureChecks: Readonly<
  Record<WebhookProvider, (request: WebhookRequest) => SignatureCheck>
> = {
  retell: verifyRetellSignature,
  twilio: verifyTwilioSignature,
  highlevel: verifyHighlevelSignature,
  stripe: verifyStripeSignature,
  n8n: verifyN8nSignature,
};

export function isWebhookProvider(provider: string): provider is WebhookProvider {
  return Object.hasOwn(signatureChecks, provider);
}

/**
 * Checks the signature on the raw bytes, then reads the payload. A signed body that cannot be read throws
 * what `parseWebhookPayload` throws; `ok: false` says which `AppError` code to answer.
 */
export function verifyWebhook(request: WebhookRequest): WebhookVerification {
  const check = signatureChecks[request.provider](request);
  if (!check.ok) return check;
  const payload = parseWebhookPayload(
    request.provider,
    request.headers['content-type'],
    request.rawBody,
  );
  return { ...check, ...readWebhookFacts(request.provider, payload, request.rawBody), payload };
}

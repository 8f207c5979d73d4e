import type { IncomingHttpHeaders } from 'node:http';
import type { ErrorCode } from '@maxai/kernel/errors';

/** The providers that post webhooks to us. */
export type WebhookProvider = 'retell' | 'twilio' | 'highlevel' | 'stripe' | 'n8n';

export type WebhookRequest = {
  readonly provider: WebhookProvider;
  /** The bytes as received. */
  readonly rawBody: Buffer;
  /** Lower-case names, as Node gives them. */
  readonly headers: IncomingHttpHeaders;
  /** The public URL the provider posted to, query included: never rebuilt from the Host header. */
  readonly url: string;
  /** Every accepted secret; for HighLevel the public keys (SPKI, base64). */
  readonly secrets: readonly string[];
  readonly nowMs: number;
};

export type SignatureProblem = Extract<
  ErrorCode,
  'signature_missing' | 'signature_malformed' | 'signature_invalid' | 'signature_stale'
>;

export type WebhookFacts = {
  /** Equal for every delivery of the same thing within a connection, different otherwise. */
  readonly dedupeKey: string;
  /** The provider's own event name. */
  readonly type: string;
  readonly externalId: string;
};

export type WebhookPayload = Readonly<Record<string, unknown>>;

export type WebhookVerification =
  | (WebhookFacts & {
      readonly ok: true;
      readonly payload: WebhookPayload;
      readonly signedAtMs?: number;
    })
  | { readonly ok: false; readonly code: SignatureProblem };

/** The outcome of the signature alone. */
export type SignatureCheck =
  | { readonly ok: true; readonly signedAtMs?: number }
  | { readonly ok: false; readonly code: SignatureProblem };

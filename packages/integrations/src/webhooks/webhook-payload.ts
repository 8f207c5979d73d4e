import { AppError } from '@maxai/kernel/errors';
import { isRecord, parseJson } from '../json-reading.ts';
import type { WebhookPayload, WebhookProvider } from './verification.ts';

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

/** What each provider may post; anything else is `unsupported_media_type`. */
export const acceptedContentTypes: Readonly<Record<WebhookProvider, readonly string[]>> = {
  retell: [json],
  twilio: [form, json],
  highlevel: [json],
  stripe: [json],
  n8n: [json],
};

/**
 * The body as an object; of a repeated form field the last value. Throws `unsupported_media_type`,
 * `malformed_json`, or `invalid_request` for JSON that is no object.
 */
export function parseWebhookPayload(
  provider: WebhookProvider,
  contentType: string | undefined,
  rawBody: Buffer,
): WebhookPayload {
  const mediaType = (contentType ?? '').replace(/;.*/s, '').trim().toLowerCase();
  if (!acceptedContentTypes[provider].includes(mediaType)) {
    throw new AppError('unsupported_media_type', {
      detail: `send ${acceptedContentTypes[provider].join(' or ')}`,
    });
  }
  if (mediaType === form) return Object.fromEntries(new URLSearchParams(rawBody.toString()));
  const payload = parseJson(rawBody.toString());
  if (payload === undefined) throw new AppError('malformed_json');
  if (!isRecord(payload)) {
    throw new AppError('invalid_request', { detail: 'the body must be a JSON object' });
  }
  return payload;
}

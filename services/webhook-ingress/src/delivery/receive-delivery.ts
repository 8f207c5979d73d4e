import type { ConnectionSecrets } from '@maxai/contracts/http/iam';
import type {
  WebhookPayload,
  WebhookProvider,
  WebhookVerification,
} from '@maxai/integrations/webhooks/verification';
import { verifyWebhook } from '@maxai/integrations/webhooks/verify-webhook';
import { AppError, type ErrorCode } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { currentContext, tagContext } from '@maxai/runtime/telemetry';
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from '../context.ts';
import type { Acceptance } from './delivery-store.ts';

export type IncomingDelivery = {
  readonly provider: WebhookProvider;
  readonly connectionId: string;
  readonly rawBody: Buffer;
  readonly headers: IncomingHttpHeaders;
  /** Path and query as received; the public host comes from configuration, never from the request. */
  readonly path: string;
};

const signatureHeaders: Readonly<Record<WebhookProvider, string>> = {
  retell: 'x-retell-signature',
  twilio: 'x-twilio-signature',
  highlevel: 'x-ghl-signature',
  stripe: 'stripe-signature',
  n8n: 'webhook-signature',
};

/** What to answer when the delivery cannot be kept: HighLevel sends again only after a 429. */
const notStored: Readonly<Record<WebhookProvider, ErrorCode>> = {
  retell: 'service_unavailable',
  twilio: 'service_unavailable',
  highlevel: 'intake_unavailable',
  stripe: 'service_unavailable',
  n8n: 'service_unavailable',
};

function unavailable(provider: WebhookProvider, cause: unknown): AppError {
  return new AppError(notStored[provider], { cause, retryAfterSeconds: 30 });
}

/** `jsonb` holds neither U+0000 nor half a surrogate pair; JSON.stringify escapes both, so they are found by their escapes. */
function storableJson(payload: object): string {
  return JSON.stringify(payload).replaceAll(/\\\\|\\u(?:0000|d[89a-f][0-9a-f]{2})/g, (escape) =>
    escape === '\\\\' ? escape : '\\ufffd',
  );
}

/** Equal for every way to write one signature: base64 leaves bits over, hex has two cases, Stripe's header takes additions. */
function signatureHash(provider: WebhookProvider, header: string): string {
  const spelled: Readonly<Record<WebhookProvider, () => string | Buffer>> = {
    retell: () => header.toLowerCase(),
    twilio: () => Buffer.from(header, 'base64'),
    highlevel: () => Buffer.from(header, 'base64'),
    stripe: () => header,
    n8n: () => Buffer.from(header.replace(/^v1,/, ''), 'base64'),
  };
  return createHash('sha256').update(spelled[provider]()).digest('hex');
}

/** HighLevel signs for all its accounts with one key, so the signature does not say for which of them. */
function checkAccount(connection: ConnectionSecrets, payload: WebhookPayload): void {
  if (connection.provider !== 'highlevel') return;
  const own = connection.account['locationId'];
  const sent = payload['locationId'];
  if (own === undefined || sent === undefined || own === sent) return;
  throw new AppError('unknown_connection', {
    detail: 'the event is of another HighLevel location',
  });
}

async function findConnection(
  ctx: Context,
  delivery: IncomingDelivery,
  how: 'find' | 'refresh',
): Promise<ConnectionSecrets> {
  let connection: ConnectionSecrets | undefined;
  try {
    connection = await ctx.connections[how](delivery.connectionId);
  } catch (error) {
    throw unavailable(delivery.provider, error);
  }
  if (connection?.provider !== delivery.provider) throw new AppError('unknown_connection');
  return connection;
}

async function verify(
  ctx: Context,
  delivery: IncomingDelivery,
  connection: ConnectionSecrets,
): Promise<WebhookVerification & { ok: true }> {
  const attempt = (secrets: readonly string[]) =>
    verifyWebhook({
      provider: delivery.provider,
      rawBody: delivery.rawBody,
      headers: delivery.headers,
      url: `${ctx.config.publicUrl}${delivery.path}`,
      secrets,
      nowMs: ctx.clock.now().getTime(),
    });
  let outcome = attempt(connection.webhookSecrets);
  if (!outcome.ok && outcome.code === 'signature_invalid') {
    const latest = await findConnection(ctx, delivery, 'refresh');
    outcome = attempt(latest.webhookSecrets);
  }
  if (!outcome.ok) throw new AppError(outcome.code);
  checkAccount(connection, outcome.payload);
  return outcome;
}

/**
 * Verifies, stores and acknowledges one delivery. It resolves only once the delivery is in Postgres; a
 * delivery of something already stored resolves as a duplicate and starts nothing.
 */
export async function receiveDelivery(
  ctx: Context,
  delivery: IncomingDelivery,
): Promise<Acceptance> {
  const connection = await findConnection(ctx, delivery, 'find');
  const { tenantId, clientId } = connection;
  tagContext({ tenantId, ...(clientId !== null && { clientId }) });
  const verified = await verify(ctx, delivery, connection);
  const { correlationId, traceparent } = currentContext();
  const id = newId('webhookEvent', { nowMs: ctx.clock.now().getTime() });
  let acceptance: Acceptance;
  try {
    acceptance = await ctx.accept({
      id,
      tenantId,
      clientId,
      connectionId: connection.id,
      provider: delivery.provider,
      type: verified.type,
      dedupeKey: verified.dedupeKey,
      signatureHash: signatureHash(
        delivery.provider,
        String(delivery.headers[signatureHeaders[delivery.provider]]),
      ),
      payloadJson: storableJson(verified.payload),
      correlationId,
      traceparent,
    });
  } catch (error) {
    throw unavailable(delivery.provider, error);
  }
  if (acceptance.outcome === 'replayed') throw new AppError('signature_replayed');
  if (acceptance.outcome === 'stored') {
    ctx.enqueuer.enqueueSoon({ id, tenantId, clientId, correlationId, traceparent });
  }
  return acceptance;
}

import { merge, type JsonObject } from '../json-body.ts';
import { providerId } from '../provider-id.ts';

export const stripeApiVersion = '2026-10-28.endive';

/** A Stripe event around `object`, as it arrives at a webhook endpoint. */
export function buildStripeEvent(input: {
  type: string;
  nowMs: number;
  object: JsonObject;
}): JsonObject {
  return {
    id: providerId('evt_', 'alphanumeric', 24),
    object: 'event',
    api_version: stripeApiVersion,
    created: Math.floor(input.nowMs / 1000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: input.type,
    data: { object: input.object },
  };
}

/** A paid subscription invoice; `invoice` is laid over it. Amounts are cents. */
export function buildStripeInvoicePaid(input: {
  nowMs: number;
  invoice?: JsonObject;
}): JsonObject & { data: { object: JsonObject } } {
  const seconds = Math.floor(input.nowMs / 1000);
  const patch = input.invoice ?? {};
  const amount = patch['amount_paid'] ?? 12_000;
  const object = merge(
    {
      id: providerId('in_', 'alphanumeric', 24),
      object: 'invoice',
      customer: 'cus_SandboxHarbor1',
      customer_email: 'owner@harbor.example',
      status: 'paid',
      currency: 'usd',
      amount_due: amount,
      amount_paid: amount,
      amount_remaining: 0,
      subtotal: amount,
      total: amount,
      billing_reason: 'subscription_cycle',
      collection_method: 'charge_automatically',
      created: seconds,
      livemode: false,
      metadata: {},
      period_start: seconds - 2_592_000,
      period_end: seconds,
      status_transitions: { finalized_at: seconds, paid_at: seconds },
      parent: {
        type: 'subscription_details',
        quote_details: null,
        subscription_details: { subscription: 'sub_SandboxHarbor1', metadata: {} },
      },
      lines: { object: 'list', data: [], has_more: false, url: '/v1/invoices/lines' },
    },
    patch,
  );
  return {
    ...buildStripeEvent({ type: 'invoice.paid', nowMs: input.nowMs, object }),
    data: { object },
  };
}

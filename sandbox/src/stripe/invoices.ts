import type { FastifyInstance } from 'fastify';
import { asObject, asText, merge, type JsonObject } from '../json-body.ts';
import { buildStripeEvent } from '../payloads/stripe.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { existing, listOf, missingParam, stripeError, type StripeState } from './stripe-rules.ts';

type Params = { Params: { id: string } };

/** The cents of an item: `amount`, or quantity times `unit_amount_decimal`, or times the price named. */
function amountOf(state: StripeState, item: JsonObject): number {
  const quantity = Number(item['quantity'] ?? 1);
  if (item['amount'] !== undefined) return Number(item['amount']);
  if (item['unit_amount_decimal'] !== undefined) {
    return Math.round(quantity * Number(item['unit_amount_decimal']));
  }
  const priceId = asObject(item['pricing'])['price'] ?? item['price'];
  return quantity * Number(existing(state.prices, 'price', priceId, 'price')['unit_amount']);
}

function subscriptionLines(state: StripeState, subscription: JsonObject): JsonObject[] {
  const items = asObject(subscription['items'])['data'];
  return (Array.isArray(items) ? items : []).map((item) => ({
    description: 'Subscription',
    amount: amountOf(state, {
      price: asObject(asObject(item)['price'])['id'],
      quantity: asObject(item)['quantity'],
    }),
  }));
}

function toLine(item: JsonObject, currency: string): JsonObject {
  return {
    id: providerId('il_', 'alphanumeric', 24),
    object: 'line_item',
    amount: item['amount'],
    currency,
    description: item['description'] ?? null,
    metadata: item['metadata'] ?? {},
  };
}

function invoiceOf(world: World, fields: JsonObject, items: readonly JsonObject[]): JsonObject {
  const seconds = Math.floor(world.clock.now().getTime() / 1000);
  const currency = asText(fields['currency']) ?? asText(items[0]?.['currency']) ?? 'usd';
  const total = items.reduce((sum, item) => sum + Number(item['amount']), 0);
  return {
    object: 'invoice',
    status: 'draft',
    created: seconds,
    livemode: false,
    billing_reason: 'manual',
    collection_method: 'charge_automatically',
    metadata: {},
    parent: null,
    period_start: seconds,
    period_end: seconds,
    ...fields,
    currency,
    subtotal: total,
    total,
    amount_due: total,
    amount_paid: 0,
    amount_remaining: total,
    lines: listOf(
      items.map((item) => toLine(item, currency)),
      '/v1/invoices/lines',
    ),
  };
}

export function recordEvent(
  world: World,
  state: StripeState,
  type: string,
  object: JsonObject,
): void {
  const event = buildStripeEvent({ type, nowMs: world.clock.now().getTime(), object });
  state.events.add(String(event['id']), event);
}

export function invoiceRoutes(app: FastifyInstance, world: World, state: StripeState): void {
  const pendingOf = (customer: unknown): JsonObject[] =>
    state.invoiceitems
      .values()
      .filter((item) => item['customer'] === customer && item['invoice'] === null);

  app.post('/v1/invoiceitems', async (request) => {
    const body = asObject(request.body);
    if (body['customer'] === undefined) throw missingParam('customer');
    existing(state.customers, 'customer', body['customer'], 'customer');
    const id = providerId('ii_', 'alphanumeric', 24);
    return state.invoiceitems.add(id, {
      currency: 'usd',
      description: null,
      invoice: null,
      metadata: {},
      ...body,
      id,
      object: 'invoiceitem',
      amount: amountOf(state, body),
      date: Math.floor(world.clock.now().getTime() / 1000),
      livemode: false,
    });
  });
  app.post('/v1/invoices', async (request) => {
    const body = asObject(request.body);
    if (body['customer'] === undefined) throw missingParam('customer');
    existing(state.customers, 'customer', body['customer'], 'customer');
    const id = providerId('in_', 'alphanumeric', 24);
    const pending = pendingOf(body['customer']);
    const invoice = state.invoices.add(id, invoiceOf(world, { ...body, id }, pending));
    for (const item of pending) item['invoice'] = id;
    recordEvent(world, state, 'invoice.created', invoice);
    return invoice;
  });
  app.post('/v1/invoices/create_preview', async (request) => {
    const body = asObject(request.body);
    const named =
      body['subscription'] === undefined
        ? {}
        : existing(state.subscriptions, 'subscription', body['subscription'], 'subscription');
    const customer = body['customer'] ?? named['customer'];
    if (customer === undefined) throw missingParam('customer');
    const extra = Object.values(asObject(body['invoice_items'])).map((item) =>
      merge(asObject(item), { amount: amountOf(state, asObject(item)) }),
    );
    const lines = [...subscriptionLines(state, named), ...pendingOf(customer), ...extra];
    const id = providerId('upcoming_in_', 'alphanumeric', 24);
    return invoiceOf(world, { id, customer }, lines);
  });
  app.get<Params>('/v1/invoices/:id', async (request) =>
    existing(state.invoices, 'invoice', request.params.id),
  );
  const transitions = [
    { verb: 'finalize', from: 'draft', to: 'open' },
    { verb: 'pay', from: 'open', to: 'paid' },
  ];
  for (const { verb, from, to } of transitions) {
    app.post<Params>(`/v1/invoices/:id/${verb}`, async (request) => {
      const invoice = existing(state.invoices, 'invoice', request.params.id);
      if (invoice['status'] !== from) {
        throw stripeError(400, `This invoice is ${String(invoice['status'])}: it cannot ${verb}.`, {
          code: 'invoice_not_editable',
        });
      }
      const paid = to === 'paid' ? { amount_paid: invoice['amount_due'], amount_remaining: 0 } : {};
      Object.assign(invoice, { status: to, ...paid });
      recordEvent(world, state, to === 'paid' ? 'invoice.paid' : 'invoice.finalized', invoice);
      return invoice;
    });
  }
}

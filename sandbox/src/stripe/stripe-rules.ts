import { Collection } from '../collection.ts';
import { ProviderAnswer } from '../http/provider-answer.ts';
import type { JsonObject } from '../json-body.ts';

export function createStripeState() {
  return {
    customers: new Collection<JsonObject>(),
    products: new Collection<JsonObject>(),
    prices: new Collection<JsonObject>(),
    subscriptions: new Collection<JsonObject>(),
    invoices: new Collection<JsonObject>(),
    invoiceitems: new Collection<JsonObject>(),
    events: new Collection<JsonObject>(),
  };
}
export type StripeState = ReturnType<typeof createStripeState>;

export function stripeErrorBody(
  status: number,
  message: string,
  extra: JsonObject = {},
): JsonObject {
  const type = status >= 500 ? 'api_error' : 'invalid_request_error';
  const code = status === 429 ? { code: 'rate_limit' } : {};
  return { error: { type, message, ...code, ...extra } };
}

export function stripeError(
  status: number,
  message: string,
  extra: JsonObject = {},
): ProviderAnswer {
  return new ProviderAnswer(status, stripeErrorBody(status, message, extra));
}

export function missingParam(param: string): ProviderAnswer {
  return stripeError(400, `Missing required param: ${param}.`, {
    code: 'parameter_missing',
    param,
  });
}

/** The object, or Stripe's 404. `param` is `id` in a path and the parameter's name in a body. */
export function existing(
  collection: Collection<JsonObject>,
  noun: string,
  id: unknown,
  param = 'id',
): JsonObject {
  const found = collection.get(String(id));
  if (found === undefined) {
    throw stripeError(param === 'id' ? 404 : 400, `No such ${noun}: '${String(id)}'`, {
      code: 'resource_missing',
      doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
      param,
    });
  }
  return found;
}

export function listOf(items: readonly JsonObject[], url: string): JsonObject {
  return { object: 'list', data: items, has_more: false, url };
}

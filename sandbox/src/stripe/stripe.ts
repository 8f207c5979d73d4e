import type { FastifyInstance } from 'fastify';
import type { Collection } from '../collection.ts';
import type { ProviderDefinition } from '../http/register-provider.ts';
import { asObject, merge, type JsonObject } from '../json-body.ts';
import { stripeApiVersion } from '../payloads/stripe.ts';
import { providerId } from '../provider-id.ts';
import type { World } from '../world.ts';
import { addIdempotency, type StoredAnswer } from './idempotency.ts';
import { invoiceRoutes, recordEvent } from './invoices.ts';
import {
  existing,
  listOf,
  missingParam,
  stripeError,
  stripeErrorBody,
  type StripeState,
} from './stripe-rules.ts';

type Params = { Params: { id: string } };
type Query = { Querystring: Record<string, string | undefined> };

const nouns = [
  { plural: 'customers', noun: 'customer', prefix: 'cus_', length: 14, required: [] },
  { plural: 'products', noun: 'product', prefix: 'prod_', length: 14, required: ['name'] },
  {
    plural: 'prices',
    noun: 'price',
    prefix: 'price_',
    length: 24,
    required: ['currency', 'product'],
  },
  {
    plural: 'subscriptions',
    noun: 'subscription',
    prefix: 'sub_',
    length: 24,
    required: ['customer', 'items'],
  },
] as const;

/** The fields Stripe derives; the rest of an object is what was sent. */
function derive(state: StripeState, noun: string, body: JsonObject, seconds: number): JsonObject {
  if (noun === 'price') {
    existing(state.products, 'product', body['product'], 'product');
    return { active: true, type: 'recurring', unit_amount: Number(body['unit_amount']) };
  }
  if (noun === 'subscription') {
    existing(state.customers, 'customer', body['customer'], 'customer');
    const items = Object.values(asObject(body['items'])).map((item) => ({
      id: providerId('si_', 'alphanumeric', 14),
      object: 'subscription_item',
      quantity: Number(asObject(item)['quantity'] ?? 1),
      price: existing(state.prices, 'price', asObject(item)['price'], 'price'),
      current_period_start: seconds,
      current_period_end: seconds + 2_592_000,
    }));
    return { status: 'active', items: listOf(items, '/v1/subscription_items') };
  }
  return {};
}

function objectRoutes(app: FastifyInstance, world: World, state: StripeState): void {
  for (const { plural, noun, prefix, length, required } of nouns) {
    const collection: Collection<JsonObject> = state[plural];
    app.post(`/v1/${plural}`, async (request) => {
      const body = asObject(request.body);
      const missing = required.find((field) => body[field] === undefined);
      if (missing) throw missingParam(missing);
      const id = providerId(prefix, 'alphanumeric', length);
      const seconds = Math.floor(world.clock.now().getTime() / 1000);
      const object = collection.add(id, {
        metadata: {},
        ...body,
        ...derive(state, noun, body, seconds),
        id,
        object: noun,
        created: seconds,
        livemode: false,
      });
      recordEvent(
        world,
        state,
        noun === 'subscription' ? 'customer.subscription.created' : `${noun}.created`,
        object,
      );
      return object;
    });
    app.get<Params>(`/v1/${plural}/:id`, async (request) =>
      existing(collection, noun, request.params.id),
    );
    app.post<Params>(`/v1/${plural}/:id`, async (request) => {
      const object = existing(collection, noun, request.params.id);
      return Object.assign(object, merge(object, asObject(request.body)));
    });
  }
}

function listRoutes(app: FastifyInstance, state: StripeState): void {
  const lists = { ...state };
  for (const [plural, collection] of Object.entries(lists)) {
    app.get<Query>(`/v1/${plural}`, async (request) => {
      const { limit, starting_after: after, ...filters } = request.query;
      const found = collection
        .values()
        .toReversed()
        .filter((item) =>
          ['email', 'customer', 'type', 'status'].every(
            (field) => (filters[field] ?? item[field]) === item[field],
          ),
        );
      const start = found.findIndex((item) => item['id'] === after) + 1;
      const page = found.slice(start, start + Number(limit ?? 10));
      return {
        ...listOf(page, `/v1/${plural}`),
        has_more: start + page.length < found.length,
      };
    });
  }
  app.get<Params>('/v1/events/:id', async (request) =>
    existing(state.events, 'event', request.params.id),
  );
}

export function stripe(
  world: World,
  state: StripeState,
  keys: Collection<StoredAnswer>,
): ProviderDefinition {
  const { apiKey } = world.accounts.stripe;
  const accepted = new Set([
    `Bearer ${apiKey}`,
    `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`,
  ]);

  return {
    name: 'stripe',
    faultFields: ['email', 'description', 'metadata', 'name'],
    errorBody: stripeErrorBody,
    authenticate: (request) => {
      const { authorization } = request.headers;
      if (authorization === undefined) {
        throw stripeError(
          401,
          "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
        );
      }
      if (!accepted.has(authorization)) {
        const shown = `${authorization.slice(7, 15)}****${authorization.slice(-4)}`;
        throw stripeError(401, `Invalid API Key provided: ${shown}`);
      }
    },
    beforeFaults: (app) => {
      addIdempotency(app, keys);
      app.addHook('onRequest', async (request, reply) => {
        reply.headers({
          'request-id': providerId('req_', 'alphanumeric', 14),
          'stripe-version': request.headers['stripe-version'] ?? stripeApiVersion,
        });
      });
    },
    routes: (app) => {
      objectRoutes(app, world, state);
      invoiceRoutes(app, world, state);
      listRoutes(app, state);
    },
  };
}

import { expect, it } from 'vitest';
import { clients, form, read, startSandbox } from './support/client.ts';

async function customerOf(stripe: ReturnType<typeof clients>['stripe']): Promise<string> {
  const created = await stripe.post('/customers', form({ email: 'a@example.com' }));
  return String(read(created, 'id'));
}

it('refuses a missing and a wrong key, each in its own words', async () => {
  const { anonymous } = clients(await startSandbox());
  const none = await anonymous.get('/stripe/v1/customers');
  expect(none.status).toBe(401);
  expect(read(none, 'error.message')).toContain('You did not provide an API key');
  const wrong = await anonymous.get('/stripe/v1/customers', {
    authorization: 'Bearer sk_test_other',
  });
  expect(read(wrong, 'error.message')).toContain('Invalid API Key provided: sk_test_****ther');
});

it('creates, reads, updates and lists customers with nested metadata', async () => {
  const { stripe } = clients(await startSandbox());
  const created = await stripe.post(
    '/customers',
    form({ email: 'a@example.com', 'metadata[tenant]': 'ten_1' }),
  );
  expect(read(created, 'id')).toMatch(/^cus_\w{14}$/);
  expect(created.headers.get('request-id')).toMatch(/^req_/);
  const path = `/customers/${String(read(created, 'id'))}`;
  await stripe.post(path, form({ 'metadata[client]': 'cli_1' }));
  const found = await stripe.get(path);
  expect(read(found, 'metadata')).toEqual({ tenant: 'ten_1', client: 'cli_1' });
  await stripe.post('/customers', form({ email: 'b@example.com' }));
  const listed = await stripe.get('/customers?limit=1');
  expect(read(listed, 'data.0.email')).toBe('b@example.com');
  expect(read(listed, 'has_more')).toBe(true);
  const rest = await stripe.get(`/customers?starting_after=${String(read(listed, 'data.0.id'))}`);
  expect(read(rest, 'data.0.email')).toBe('a@example.com');
  const filtered = await stripe.get('/customers?email=a@example.com');
  expect(read(filtered, 'data.1')).toBeUndefined();
  const missing = await stripe.get('/customers/cus_x');
  expect(missing.status).toBe(404);
  expect(read(missing, 'error.code')).toBe('resource_missing');
});

it('replays the first answer of an Idempotency-Key and creates once', async () => {
  const sandbox = await startSandbox();
  const { stripe } = clients(sandbox);
  const key = { 'idempotency-key': 'key-1' };
  const first = await stripe.post('/customers', form({ name: 'A' }), key);
  const again = await stripe.post('/customers', form({ name: 'A' }), key);
  expect(again.body).toEqual(first.body);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(sandbox.state.stripe.customers.created).toBe(1);

  const other = await stripe.post('/customers', form({ name: 'B' }), key);
  expect(other.status).toBe(400);
  expect(read(other, 'error.type')).toBe('idempotency_error');
});

it('replays a 500 too, as Stripe does', async () => {
  const { stripe } = clients(await startSandbox());
  const send = () =>
    stripe.post('/customers', form({ name: 'fault-500-1' }), { 'idempotency-key': 'key-2' });
  expect((await send()).status).toBe(500);
  const again = await send();
  expect(again.status).toBe(500);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
});

it('answers 409 while the first request with the key still runs', async () => {
  const { stripe } = clients(await startSandbox());
  const body = form({ name: 'fault-timeout-1' });
  const hanging = stripe.post('/customers', body, {
    'idempotency-key': 'key-3',
    'x-timeout': '150',
  });
  await expect(hanging).rejects.toThrow(/timeout/i);
  const second = await stripe.post('/customers', body, { 'idempotency-key': 'key-3' });
  expect(second.status).toBe(409);
});

it('leaves the key unused when the parameters were refused', async () => {
  const { stripe } = clients(await startSandbox());
  const key = { 'idempotency-key': 'key-4' };
  const refused = await stripe.post('/products', form({}), key);
  expect(read(refused, 'error.code')).toBe('parameter_missing');
  expect((await stripe.post('/products', form({ name: 'Plan' }), key)).status).toBe(200);
});

it('previews a subscription with pending and extra items to the cent', async () => {
  const sandbox = await startSandbox();
  const { stripe } = clients(sandbox);
  const customer = await customerOf(stripe);
  const product = read(await stripe.post('/products', form({ name: 'Plan' })), 'id');
  const price = read(
    await stripe.post(
      '/prices',
      form({ product: String(product), currency: 'usd', unit_amount: '9900' }),
    ),
    'id',
  );
  const subscription = await stripe.post(
    '/subscriptions',
    form({ customer, 'items[0][price]': String(price), 'items[0][quantity]': '2' }),
  );
  expect(read(subscription, 'items.data.0.current_period_end')).toBeTypeOf('number');
  await stripe.post(
    '/invoiceitems',
    form({ customer, unit_amount_decimal: '1.5', quantity: '3', currency: 'usd' }),
  );
  await stripe.post('/invoiceitems', form({ customer, 'pricing[price]': String(price) }));
  const preview = await stripe.post(
    '/invoices/create_preview',
    form({
      subscription: String(read(subscription, 'id')),
      'invoice_items[0][amount]': '100',
    }),
  );
  expect(read(preview, 'total')).toBe(19_800 + 5 + 9_900 + 100);
  expect(sandbox.state.stripe.invoices.created).toBe(0);
  const byCustomer = await stripe.post('/invoices/create_preview', form({ customer }));
  expect(read(byCustomer, 'total')).toBe(9_905);
});

it('invoices pending items once, finalizes, is paid, and tells it in events', async () => {
  const { stripe } = clients(await startSandbox());
  const customer = await customerOf(stripe);
  await stripe.post('/invoiceitems', form({ customer, amount: '1200', currency: 'usd' }));
  const invoice = await stripe.post('/invoices', form({ customer }));
  expect(read(invoice, 'amount_due')).toBe(1200);
  expect(read(await stripe.post('/invoices', form({ customer })), 'amount_due')).toBe(0);

  const path = `/invoices/${String(read(invoice, 'id'))}`;
  expect((await stripe.post(`${path}/pay`, form({}))).status).toBe(400);
  expect(read(await stripe.post(`${path}/finalize`, form({})), 'status')).toBe('open');
  expect(read(await stripe.post(`${path}/pay`, form({})), 'amount_paid')).toBe(1200);
  expect(read(await stripe.get(path), 'status')).toBe('paid');
  const events = await stripe.get('/events?type=invoice.paid');
  expect(read(events, 'data.0.data.object.id')).toBe(read(invoice, 'id'));
  const event = await stripe.get(`/events/${String(read(events, 'data.0.id'))}`);
  expect(read(event, 'type')).toBe('invoice.paid');
});

it.each([
  ['/invoiceitems', {}, 'parameter_missing'],
  ['/invoices', {}, 'parameter_missing'],
  ['/invoices/create_preview', {}, 'parameter_missing'],
  ['/invoices', { customer: 'cus_x' }, 'resource_missing'],
  ['/subscriptions', { customer: 'cus_x', 'items[0][price]': 'p' }, 'resource_missing'],
])('refuses %s with %o as %s', async (path, fields, code) => {
  const { stripe } = clients(await startSandbox());
  const refused = await stripe.post(path, form(fields));
  expect(refused.status).toBe(400);
  expect(read(refused, 'error.code')).toBe(code);
});

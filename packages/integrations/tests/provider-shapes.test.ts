import { money } from '@maxai/kernel/money';
import { expect, test } from 'vitest';
import { createPort } from '../src/create-ports.ts';
import { baseUrlsAt, connectionFor, portAt } from './support/connections.ts';
import { startScriptedServer } from './support/scripted-server.ts';

const options = { timeoutMs: 5000 };

function completion(usage?: unknown) {
  const choices = [{ message: { content: 'Hi' }, finish_reason: 'stop' }];
  return { status: 200, body: { id: 'gen-1', model: 'm', choices, usage } };
}

test('an LLM charge without upstream prices is split by tokens, to the last nano', async () => {
  await using server = await startScriptedServer(
    completion({ prompt_tokens: 1, completion_tokens: 2, cost: 0.00000001 }),
    completion(),
  );
  const llm = portAt('llm', server.baseUrl);
  const split = await llm.complete({ model: 'm', prompt: 'p' }, options);
  expect(split.usage.map(({ cost }) => cost)).toEqual([money('USD', 3n), money('USD', 7n)]);
  const free = await llm.complete({ model: 'm', prompt: 'p' }, options);
  expect(free.usage.map(({ quantity, cost }) => [quantity, cost.nanos])).toEqual([
    [0, 0n],
    [0, 0n],
  ]);
});

test('Stripe references are read expanded or not, and names where they are', async () => {
  const invoice = {
    id: 'in_1',
    customer: { id: 'cus_1' },
    parent: { subscription_details: { subscription: 'sub_1' } },
    status: null,
    total: 12_000,
    amount_paid: 0,
    currency: 'usd',
  };
  await using server = await startScriptedServer(
    { status: 200, body: invoice },
    { status: 200, body: { ...invoice, customer: null } },
    { status: 200, body: { id: 'cus_1', email: null, name: 'Jo' } },
  );
  const payment = portAt('payment', server.baseUrl);
  expect(await payment.getInvoice({ invoiceId: 'in_1' }, options)).toEqual({
    invoiceId: 'in_1',
    customerId: 'cus_1',
    subscriptionId: 'sub_1',
    status: '',
    total: money('USD', 120_000_000_000n),
    amountPaid: money('USD', 0n),
  });
  expect((await payment.getInvoice({ invoiceId: 'in_1' }, options)).customerId).toBe('');
  const customer = await payment.getCustomer({ customerId: 'cus_1' }, options);
  expect(customer).toEqual({ customerId: 'cus_1', email: null, name: 'Jo' });
});

test('a Retell prompt that was never set is empty, in its first version', async () => {
  const bare = { status: 200, body: { llm_id: 'llm_1' } };
  await using server = await startScriptedServer(bare, bare);
  const voice = portAt('voice', server.baseUrl);
  const live = await voice.getPrompt({ llmId: 'llm_1' }, options);
  expect(live).toEqual({ prompt: '', version: 0 });
  const input = { llmId: 'llm_1', agentId: null, prompt: 'p' };
  expect((await voice.publishPrompt(input, options)).output.llmVersion).toBe(0);
});

test('Twilio’s own price wins; a service’s "0" segments are counted; no price at all costs nothing', async () => {
  const message = {
    sid: 'SM1',
    status: 'accepted',
    body: 'Hi',
    num_segments: '0',
    price_unit: 'USD',
  };
  await using server = await startScriptedServer(
    { status: 201, body: { ...message, price: '-0.00750' } },
    { status: 201, body: { ...message, price: null } },
  );
  const connection = connectionFor('messaging');
  const { segmentPrice: _, ...account } = connection.account;
  const messaging = createPort(
    'messaging',
    { ...connection, account },
    { baseUrls: baseUrlsAt(server.baseUrl) },
  );
  const send = () => messaging.send({ to: '+15550002222', body: 'Hi' }, options);
  expect((await send()).usage).toMatchObject([{ quantity: 1, cost: money('USD', 7_500_000n) }]);
  expect((await send()).usage).toMatchObject([{ quantity: 1, cost: money('USD', 0n) }]);
  const form = new URLSearchParams(server.received[0]?.body);
  expect(Object.fromEntries(form)).toEqual({
    From: '+15550001111',
    To: '+15550002222',
    Body: 'Hi',
  });
});

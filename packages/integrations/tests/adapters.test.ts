import { money } from '@maxai/kernel/money';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPort, portProviders } from '../src/create-ports.ts';
import type { PortName, Ports } from '../src/ports.ts';
import { verifyWebhook } from '../src/webhooks/verify-webhook.ts';
import { toCanonical } from '../src/canonical/to-canonical.ts';

const options = { timeoutMs: 5000 };
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(async () => {
  await sandbox.close();
});

function port<Name extends PortName>(name: Name, more: Record<string, string> = {}): Ports[Name] {
  const { url, accounts } = sandbox;
  const { clientId, clientSecret, refreshToken } = accounts.google;
  const connections = {
    retell: [{}, { apiKey: accounts.retell.apiKey }],
    twilio: [
      {
        accountSid: accounts.twilio.accountSid,
        phoneNumber: '+15550001111',
        segmentPrice: '0.0083',
      },
      { authToken: accounts.twilio.authToken },
    ],
    highlevel: [
      { locationId: accounts.highlevel.locationId },
      { accessToken: accounts.highlevel.token },
    ],
    google: [{ calendarId: 'primary' }, { clientId, clientSecret, refreshToken }],
    openrouter: [{}, { apiKey: accounts.openrouter.apiKey }],
    stripe: [{}, { secretKey: accounts.stripe.apiKey }],
  } as const;
  const provider = portProviders[name];
  const [account, credentials] = connections[provider];
  const baseUrls = {
    retell: `${url}/retell`,
    twilio: `${url}/twilio`,
    highlevel: `${url}/highlevel`,
    stripe: `${url}/stripe`,
    openrouter: `${url}/openrouter/api/v1`,
    google: `${url}/google`,
    googleToken: `${url}/google/token`,
  };
  return createPort(
    name,
    { provider, account: { ...account, ...more }, credentials },
    { baseUrls },
  );
}

describe('voice at Retell', () => {
  async function createAgent(llmId: string): Promise<string> {
    const response = await fetch(`${sandbox.url}/retell/create-agent`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${sandbox.accounts.retell.apiKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        response_engine: { type: 'retell-llm', llm_id: llmId, version: 0 },
        voice_id: '11labs-Adrian',
      }),
    });
    // The sandbox answers with Retell's agent.
    const { agent_id: agentId } = (await response.json()) as { agent_id: string };
    return agentId;
  }

  test('a prompt is created, read back, and updated in place [R147]', async () => {
    const voice = port('voice');
    const input = { llmId: null, agentId: null, prompt: 'You are Mia.' };
    const { externalId, output } = await voice.publishPrompt(input, options);
    expect(output).toEqual({ llmId: externalId, llmVersion: 0, agentVersion: null });
    await voice.publishPrompt({ ...input, llmId: externalId, prompt: 'You are Max.' }, options);
    const live = await voice.getPrompt({ llmId: externalId }, options);
    expect(live).toEqual({ prompt: 'You are Max.', version: 0 });
  });

  test('publishing to an agent again derives the next version of both', async () => {
    const voice = port('voice');
    const first = await voice.publishPrompt({ llmId: null, agentId: null, prompt: 'one' }, options);
    const llmId = first.externalId;
    const agentId = await createAgent(llmId);
    const publish = (prompt: string) => voice.publishPrompt({ llmId, agentId, prompt }, options);
    expect((await publish('two')).output).toEqual({ llmId, llmVersion: 0, agentVersion: 0 });
    expect((await publish('three')).output).toEqual({ llmId, llmVersion: 1, agentVersion: 1 });
    const live = await voice.getPrompt({ llmId }, options);
    expect(live).toEqual({ prompt: 'three', version: 1 });
  });

  test('a call is read with its cost from cents, and one under way without', async () => {
    const ended = {
      call_id: 'call_ended',
      agent_id: 'agent_1',
      call_status: 'ended',
      start_timestamp: 1_714_608_475_945,
      end_timestamp: 1_714_608_491_736,
      duration_ms: 15_791,
      call_cost: { combined_cost: 7.2 },
    };
    sandbox.state.retell.calls.add('call_ended', ended);
    const ongoing = { call_id: 'call_on', agent_id: 'agent_1', call_status: 'ongoing' };
    sandbox.state.retell.calls.add('call_on', ongoing);
    const voice = port('voice');
    expect(await voice.getCall({ callId: 'call_ended' }, options)).toMatchObject({
      status: 'ended',
      startedAt: '2024-05-02T00:07:55.945Z',
      durationSeconds: 16,
      cost: money('USD', 72_000_000n),
    });
    expect(await voice.getCall({ callId: 'call_on' }, options)).toMatchObject({
      startedAt: null,
      durationSeconds: 0,
      cost: null,
    });
    const missing = voice.getCall({ callId: 'call_none' }, options);
    await expect(missing).rejects.toMatchObject({ kind: 'rejected', status: 422 });
  });
});

describe('messaging at Twilio', () => {
  test('a message is sent once and metered by segments at the account’s price [R148]', async () => {
    const sent = await port('messaging').send(
      { to: '+15550002201', body: 'a'.repeat(161) },
      options,
    );
    expect(sent).toEqual({
      externalId: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      output: { messageId: sent.externalId, status: 'queued', segments: 2 },
      usage: [
        {
          meter: 'sms.segments',
          quantity: 2,
          cost: money('USD', 16_600_000n),
          externalId: sent.externalId,
          agentExternalId: null,
        },
      ],
    });
  });

  test('after a dropped connection the message is found, unless another effect has claimed it', async () => {
    const messaging = port('messaging');
    const message = { to: '+15550905000', body: `lost answer` };
    const sinceMs = Date.now();
    const sending = messaging.send(message, options);
    await expect(sending).rejects.toMatchObject({ kind: 'ambiguous', retryable: true });
    const found = await messaging.findSent({ ...message, sinceMs, exclude: [] }, options);
    expect(found).toMatchObject({
      output: { segments: 1 },
      usage: [{ cost: money('USD', 8_300_000n) }],
    });
    const exclude = [found?.externalId ?? ''];
    expect(await messaging.findSent({ ...message, sinceMs, exclude }, options)).toBeNull();
    const later = Date.now() + 60_000;
    const query = { ...message, sinceMs: later, exclude: [] };
    expect(await messaging.findSent(query, options)).toBeNull();
    const other = { ...message, body: 'another', sinceMs, exclude: [] };
    expect(await messaging.findSent(other, options)).toBeNull();
  });

  test('a messaging service sends without a number of its own', async () => {
    const messagingServiceSid = `MG${'0'.repeat(31)}1`;
    const service = port('messaging', { messagingServiceSid });
    const sent = await service.send({ to: '+15550002202', body: 'Hi' }, options);
    expect(sent.output.segments).toBe(1);
  });
});

describe('CRM at HighLevel', () => {
  test('a contact is created once, and tags are added to those it has [R145]', async () => {
    const crm = port('crm');
    const phone = '+15550003301';
    const first = await crm.upsertContact({ phone, name: 'Jo Doe', tags: ['lead'] }, options);
    expect(first.output.created).toBe(true);
    const again = await crm.upsertContact({ phone, name: 'Jo Doe' }, options);
    expect(again.output).toEqual({ contactId: first.externalId, created: false });
    await crm.addTags({ contactId: first.externalId, tags: ['vip'] }, options);
    const stored = sandbox.state.highlevel.contacts.get(first.externalId);
    expect(stored).toMatchObject({ tags: ['lead', 'vip'] });
  });
});

describe('calendar at Google', () => {
  test('booking twice for one effect is one event, and its time is busy [R144]', async () => {
    const calendar = port('calendar');
    const input = {
      effectId: 'eff_01',
      start: '2026-12-01T10:00:00Z',
      end: '2026-12-01T10:30:00Z',
      timeZone: 'UTC',
      title: 'Check-up',
      description: 'Booked by Mia',
      attendeeEmails: ['jo@example.com'],
    };
    const first = await calendar.book(input, options);
    const second = await calendar.book(input, options);
    expect(second).toEqual(first);
    expect(first.output).toMatchObject({ eventId: first.externalId, status: 'confirmed' });
    const day = { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' };
    const busy = await calendar.findBusy(day, options);
    expect(busy.map(({ start }) => new Date(start).toISOString())).toEqual([
      '2026-12-01T10:00:00.000Z',
    ]);
  });

  test('a calendar Google cannot find is an error, not free time', async () => {
    const calendar = port('calendar', { calendarId: 'missing@example.com' });
    const day = { from: '2026-12-01T00:00:00Z', to: '2026-12-02T00:00:00Z' };
    await expect(calendar.findBusy(day, options)).rejects.toMatchObject({ status: 404 });
  });
});

describe('LLM at OpenRouter', () => {
  test('a completion carries its tokens, and their costs add up to what was charged [R149]', async () => {
    const completion = await port('llm').complete(
      {
        model: 'openai/gpt-4o-mini',
        system: 'You are Mia.',
        prompt: 'Write one friendly sentence about teeth.',
        maxTokens: 200,
        temperature: 0,
      },
      options,
    );
    const { inputTokens, outputTokens, text } = completion.output;
    expect(text).not.toBe('');
    // 0.15 and 0.60 US dollars per million tokens.
    const inputNanos = 150n * BigInt(inputTokens);
    const outputNanos = 600n * BigInt(outputTokens);
    expect(completion.usage).toMatchObject([
      { meter: 'llm.input_tokens', quantity: inputTokens, cost: money('USD', inputNanos) },
      { meter: 'llm.output_tokens', quantity: outputTokens, cost: money('USD', outputNanos) },
    ]);
  });

  test('a generation that fails late, inside a 200, is a failure', async () => {
    const model = 'openai/gpt-4o-mini:generation-error';
    const completing = port('llm').complete({ model, prompt: 'Hi' }, options);
    await expect(completing).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  });
});

describe('payments at Stripe', () => {
  async function create(path: string, fields: Record<string, string>): Promise<string> {
    const response = await fetch(`${sandbox.url}/stripe/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${sandbox.accounts.stripe.apiKey}` },
      body: new URLSearchParams(fields),
    });
    // The sandbox answers with Stripe's object.
    const { id } = (await response.json()) as { id: string };
    return id;
  }

  test('an invoice item repeated under its key is one item, in whole cents [R146]', async () => {
    const payment = port('payment');
    const customerId = await create('customers', { email: 'jo@example.com' });
    expect(await payment.getCustomer({ customerId }, options)).toEqual({
      customerId,
      email: 'jo@example.com',
      name: null,
    });
    const input = {
      idempotencyKey: `eff_${customerId}`,
      customerId,
      amount: money('USD', 12_345_000_000n),
      description: 'Voice minutes',
    };
    const first = await payment.createInvoiceItem(input, options);
    expect(await payment.createInvoiceItem(input, options)).toEqual(first);
    const invoiceId = await create('invoices', { customer: customerId, currency: 'usd' });
    expect(await payment.getInvoice({ invoiceId }, options)).toMatchObject({
      customerId,
      subscriptionId: null,
      total: money('USD', 12_350_000_000n),
      amountPaid: money('USD', 0n),
    });
  });
});

test.each([
  ['retell', 'retell.call_ended', 'call.ended'],
  ['twilio', 'twilio.inbound', 'message.received'],
  ['twilio', 'twilio.status', 'message.status'],
  ['highlevel', 'highlevel.ContactCreate', 'contact.created'],
  ['stripe', 'stripe.invoice.paid', 'invoice.paid'],
] as const)('a %s delivery as %s signs it verifies and becomes %s', (provider, event, type) => {
  const { accounts, highlevelKeys } = sandbox;
  const secret = {
    retell: accounts.retell.apiKey,
    twilio: accounts.twilio.authToken,
    highlevel: highlevelKeys.publicKey,
    stripe: accounts.stripe.webhookSecret,
  }[provider];
  const url = 'https://app.maxai.example/webhooks/x/con_1';
  const { rawBody, headers } = sandbox.sign({ event, url });
  const verified = verifyWebhook({
    provider,
    rawBody: Buffer.from(rawBody),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    url,
    secrets: [secret],
    nowMs: Date.now(),
  });
  if (!verified.ok) throw new Error(verified.code);
  const receivedAt = new Date().toISOString();
  const delivery = { provider, type: verified.type, payload: verified.payload, receivedAt };
  expect(toCanonical(delivery)).toMatchObject({ type, externalId: verified.externalId });
});

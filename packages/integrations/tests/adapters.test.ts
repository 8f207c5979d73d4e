import { money } from '@maxai/kernel/money';
import { createSandbox, type Sandbox } from '@maxai/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunResult } from '../src/adapters/n8n/read-run-result.ts';
import { createPort, portProviders, productionBaseUrls } from '../src/create-ports.ts';
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
    n8n: [{}, { signingKey: accounts.n8n.signingKey, webhookSecret: 'webhook-secret' }],
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
    n8n: `${url}/n8n`,
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

describe('workflow at n8n', () => {
  const account = { callbackUrl: 'http://127.0.0.1:9/webhooks/n8n/con_1' };
  const start = (workflow: string, effect: string, input: Record<string, unknown> = {}) =>
    port('workflow', account).start(
      {
        runId: `eff_${effect.padEnd(26, '0')}.1`,
        workflow,
        deadline: new Date('2026-01-01T00:00:00Z'),
        input,
      },
      options,
    );

  test('a run is started with its deadline, callback and input, signed, and with no secret of ours [R150]', async () => {
    const started = await start('silent', 'a', { name: 'Ada' });
    const runId = started.externalId;
    expect(started).toEqual({ externalId: runId, output: { runId }, usage: [] });
    const sent = sandbox.state.n8n.runs.get(runId);
    expect(sent).toEqual({
      runId,
      deadline: '2026-01-01T00:00:00.000Z',
      callback: { url: account.callbackUrl, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
      input: { name: 'Ada' },
    });
    const text = JSON.stringify(sent);
    expect(text).not.toContain(sandbox.accounts.n8n.signingKey);
    expect(text).not.toContain('webhook-secret');
  });

  test('each run has a key of its own', async () => {
    const keyOf = async (effect: string) => {
      const { externalId } = await start('silent', effect);
      return sandbox.state.n8n.runs.get(externalId)?.['callback'];
    };
    expect(await keyOf('b')).not.toEqual(await keyOf('c'));
  });

  test('a signature that n8n does not know is unauthorized', async () => {
    const refused = createPort(
      'workflow',
      { provider: 'n8n', account, credentials: { signingKey: 'x', webhookSecret: 'y' } },
      { baseUrls: { ...productionBaseUrls, n8n: `${sandbox.url}/n8n` } },
    ).start({ runId: 'eff_x.1', workflow: 'echo', deadline: new Date(), input: {} }, options);
    await expect(refused).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
  });

  test.each([
    ['draft', { kind: 'rejected', status: 404, retryable: false }],
    ['echo-fault-429', { kind: 'rate_limited', retryAfterMs: 1000 }],
    ['echo-fault-500', { kind: 'ambiguous', status: 500 }],
    ['echo-fault-garbage', { kind: 'ambiguous', message: expect.stringContaining('not JSON') }],
    ['echo-fault-drop', { kind: 'ambiguous' }],
  ])(
    '%s is told for what it is, and nothing that may have started counts as repeatable [R150]',
    async (workflow, failure) => {
      await expect(start(workflow, 'd')).rejects.toMatchObject({ provider: 'n8n', ...failure });
    },
  );

  test('what a result must be is checked, and every part that does not fit is named [R150]', () => {
    const runId = `eff_${'0'.repeat(26)}.1`;
    const output = { score: 1 };
    expect(readRunResult({ runId, status: 'succeeded', output })).toEqual({
      status: 'succeeded',
      output,
    });
    expect(readRunResult({ runId, status: 'failed', error: 'no' })).toEqual({
      status: 'failed',
      reason: 'n8n: the workflow failed: no',
    });
    for (const garbage of [null, {}, { runId, status: 'succeeded', output: [] }]) {
      expect(readRunResult(garbage)).toEqual({
        status: 'failed',
        reason: expect.stringContaining('n8n: the result does not fit the contract: result'),
      });
    }
  });
});

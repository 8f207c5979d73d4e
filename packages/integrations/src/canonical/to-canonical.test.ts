import { money } from '@maxai/kernel/money';
import { describe, expect, test } from 'vitest';
import { toCanonical, type Delivery } from './to-canonical.ts';

const receivedAt = '2026-09-01T12:00:00.000Z';
const map = (provider: Delivery['provider'], type: string, payload: Delivery['payload']) =>
  toCanonical({ provider, type, payload, receivedAt });

describe('Retell', () => {
  const call = {
    call_id: 'Jabr9TX',
    agent_id: 'oBeDLo',
    direction: 'inbound',
    from_number: '+12137771234',
    to_number: '+12137771235',
    start_timestamp: 1_714_608_475_945,
    end_timestamp: 1_714_608_491_736,
    duration_ms: 15_791,
    disconnection_reason: 'user_hangup',
    metadata: { tenant: 't1' },
    call_cost: { combined_cost: 7.2, total_duration_seconds: 16 },
  };

  test('an ended call carries its seconds and its cost, from cents to exact money', () => {
    expect(map('retell', 'call_ended', { event: 'call_ended', call })).toMatchObject({
      type: 'call.ended',
      externalId: 'Jabr9TX',
      occurredAt: '2024-05-02T00:08:11.736Z',
      subject: { phone: '+12137771234' },
      data: { durationSeconds: 16, metadata: { tenant: 't1' }, successful: false },
      usage: [
        {
          meter: 'voice.seconds',
          quantity: 16,
          cost: money('USD', 72_000_000n),
          externalId: 'Jabr9TX',
          agentExternalId: 'oBeDLo',
        },
      ],
    });
  });

  test('an analysed call is charged no second time and says what the analysis found', () => {
    const analysed = {
      ...call,
      call_analysis: { call_summary: 's', call_successful: true, custom_analysis_data: { a: 1 } },
    };
    expect(map('retell', 'call_analyzed', { call: analysed })).toMatchObject({
      type: 'call.analyzed',
      occurredAt: receivedAt,
      data: { summary: 's', successful: true, analysis: { a: 1 } },
      usage: [],
    });
  });

  test('an outbound call is about whom it called; started says when it started', () => {
    expect(
      map('retell', 'call_started', { call: { ...call, direction: 'outbound' } }),
    ).toMatchObject({
      type: 'call.started',
      subject: { phone: '+12137771235' },
      occurredAt: '2024-05-02T00:07:55.945Z',
      usage: [],
    });
  });

  test('a call that never connected costs nothing; one without a price is metered by its length', () => {
    expect(map('retell', 'call_ended', { call: { call_id: 'c' } }).usage).toEqual([]);
    const unpriced = map('retell', 'call_ended', { call: { call_id: 'c', duration_ms: 1001 } });
    expect(unpriced.usage).toMatchObject([
      { quantity: 2, cost: money('USD', 0n), agentExternalId: null },
    ]);
  });

  test('a chat event is kept as other', () => {
    expect(map('retell', 'chat_ended', { chat: { chat_id: 'h1' } })).toMatchObject({
      type: 'other',
      externalId: 'h1',
      subject: {},
    });
  });
});

describe('Twilio', () => {
  test('an inbound message meters its segments', () => {
    const payload = {
      MessageSid: 'SM1',
      From: '+15550002222',
      To: '+15550001111',
      Body: 'Hi',
      NumSegments: '2',
      NumMedia: '1',
      MediaUrl0: 'https://media.example/0',
    };
    expect(map('twilio', 'inbound_message', payload)).toMatchObject({
      type: 'message.received',
      externalId: 'SM1',
      occurredAt: receivedAt,
      subject: { phone: '+15550002222' },
      data: { body: 'Hi', segments: 2, mediaUrls: ['https://media.example/0'] },
      usage: [{ meter: 'sms.segments', quantity: 2, externalId: 'SM1' }],
    });
  });

  test('a status is about the recipient, ranked so that it never goes back, and meters nothing', () => {
    const payload = {
      MessageSid: 'SM1',
      MessageStatus: 'undelivered',
      ErrorCode: '30007',
      To: '+1',
    };
    expect(map('twilio', 'message_status', payload)).toMatchObject({
      type: 'message.status',
      subject: { phone: '+1' },
      data: { status: 'undelivered', statusRank: 4, errorCode: '30007' },
      usage: [],
    });
  });

  test('counts that no message has are not believed', () => {
    const payload = {
      MessageSid: 'SM1',
      NumSegments: '1.5',
      NumMedia: '900000000',
      MediaUrl0: 'https://m.example',
    };
    expect(map('twilio', 'inbound_message', payload)).toMatchObject({
      data: { segments: 0, mediaUrls: ['https://m.example'] },
      usage: [],
    });
  });

  test('an inbound message without segments meters nothing, and other posts are other', () => {
    expect(map('twilio', 'inbound_message', { MessageSid: 'SM1' }).usage).toEqual([]);
    expect(map('twilio', 'other', {}).type).toBe('other');
  });
});

describe('HighLevel', () => {
  test.each([
    ['ContactCreate', {}, 'contact.created'],
    ['ContactTagUpdate', {}, 'contact.updated'],
    ['InboundMessage', { direction: 'inbound', messageType: 'SMS' }, 'message.received'],
    ['OutboundMessage', { direction: 'inbound', messageType: 'SMS' }, 'message.received'],
    ['OutboundMessage', { direction: 'inbound', messageType: 'CALL' }, 'other'],
    ['OutboundMessage', { direction: 'outbound', messageType: 'SMS' }, 'other'],
    ['OpportunityCreate', {}, 'other'],
  ])('%s %j is %s', (type, payload, expected) => {
    expect(map('highlevel', type, payload).type).toBe(expected);
  });

  test('a contact is its own subject', () => {
    const payload = {
      id: 'nmFmQE',
      email: 'j@ex.com',
      name: 'John Deo',
      phone: '+919509597501',
      dateAdded: '2021-11-26T12:41:02.193Z',
      timestamp: '2026-09-01T10:00:00Z',
    };
    expect(map('highlevel', 'ContactCreate', payload)).toEqual({
      type: 'contact.created',
      externalId: 'nmFmQE',
      occurredAt: '2026-09-01T10:00:00.000Z',
      subject: {
        phone: '+919509597501',
        email: 'j@ex.com',
        name: 'John Deo',
        externalId: 'nmFmQE',
      },
      data: payload,
      usage: [],
    });
  });

  test('a message or appointment has its own id, its contact’s, and whatever time it says', () => {
    const message = { messageId: 'm1', contactId: 'c1', dateAdded: '2021-04-21T11:31:45.750Z' };
    expect(map('highlevel', 'InboundMessage', message)).toMatchObject({
      externalId: 'm1',
      occurredAt: '2021-04-21T11:31:45.750Z',
      subject: { externalId: 'c1' },
    });
    const appointment = { appointment: { id: 'a1' } };
    expect(map('highlevel', 'AppointmentCreate', appointment)).toMatchObject({
      externalId: 'a1',
      occurredAt: receivedAt,
    });
  });
});

describe('Stripe', () => {
  const invoice = {
    id: 'in_1',
    customer: 'cus_1',
    status: 'paid',
    customer_phone: '+12125550100',
    amount_paid: 2000,
    currency: 'usd',
    parent: { subscription_details: { subscription: 'sub_1' } },
  };

  test('a paid invoice carries exact amounts and the subscription from where it now is', () => {
    const payload = { id: 'evt_1', created: 1_767_225_600, data: { object: invoice } };
    expect(map('stripe', 'invoice.paid', payload)).toMatchObject({
      type: 'invoice.paid',
      externalId: 'in_1',
      occurredAt: '2026-01-01T00:00:00.000Z',
      subject: { externalId: 'cus_1', phone: '+12125550100' },
      data: {
        subscriptionId: 'sub_1',
        amountPaid: { currency: 'USD', amount: '20.00' },
        amountDue: { currency: 'USD', amount: '0.00' },
      },
    });
  });

  test('older API versions keep the subscription on the invoice', () => {
    const object = { ...invoice, parent: null, subscription: 'sub_old' };
    expect(map('stripe', 'invoice.payment_failed', { data: { object } })).toMatchObject({
      type: 'invoice.payment_failed',
      occurredAt: receivedAt,
      data: { subscriptionId: 'sub_old' },
    });
  });

  test('any other event keeps its object as it is', () => {
    const object = { id: 'cus_1', object: 'customer' };
    expect(map('stripe', 'customer.created', { data: { object } })).toMatchObject({
      type: 'other',
      externalId: 'cus_1',
      data: object,
    });
  });
});

test('a provider that posts no webhooks maps to other', () => {
  expect(map('google', 'x', { a: 1 })).toEqual({
    type: 'other',
    externalId: '',
    occurredAt: receivedAt,
    subject: {},
    data: { a: 1 },
    usage: [],
  });
});

import { asObject, asText, type JsonObject } from '../json-body.ts';
import { buildHighLevelContactCreate } from '../payloads/highlevel.ts';
import { buildRetellEvent, type RetellEvent } from '../payloads/retell.ts';
import { buildStripeInvoicePaid } from '../payloads/stripe.ts';
import { buildTwilioInbound, buildTwilioStatus } from '../payloads/twilio.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { signHighLevel } from '../signing/highlevel.ts';
import { signRetell } from '../signing/retell.ts';
import { signStripe } from '../signing/stripe.ts';
import { signTwilioForm } from '../signing/twilio.ts';
import { createContact } from '../highlevel/contacts.ts';
import { countSegments } from '../twilio/sms-segments.ts';
import { addMessage } from '../twilio/twilio.ts';
import type { World } from '../world.ts';

export const deliverableEvents = [
  'retell.call_started',
  'retell.call_ended',
  'retell.call_analyzed',
  'twilio.inbound',
  'twilio.status',
  'highlevel.ContactCreate',
  'stripe.invoice.paid',
] as const;
export type DeliverableEvent = (typeof deliverableEvents)[number];

/** `secret` replaces the sandbox account's own: a Retell API key, Twilio auth token, `whsec_…`, or Ed25519 PKCS 8. */
export type DeliverInput = {
  readonly event: DeliverableEvent;
  readonly url: string;
  readonly data?: JsonObject;
  readonly secret?: string;
};

export type SignedWebhook = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
};

type Delivery = {
  readonly world: World;
  readonly state: SandboxState;
  readonly input: DeliverInput;
  readonly nowMs: number;
  readonly data: JsonObject;
};

function textValues(data: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
}

function json(url: string, rawBody: string, headers: Record<string, string>): SignedWebhook {
  return { url, rawBody, headers: { 'content-type': 'application/json', ...headers } };
}

function retell(event: RetellEvent) {
  return ({ world, state, input, nowMs, data }: Delivery): SignedWebhook => {
    const body = buildRetellEvent({ event, nowMs, call: data });
    state.retell.calls.add(String(body.call['call_id']), body.call);
    const rawBody = JSON.stringify(body);
    const apiKey = input.secret ?? world.accounts.retell.apiKey;
    return json(input.url, rawBody, signRetell({ rawBody, apiKey, nowMs }));
  };
}

function twilioForm({ world, input }: Delivery, fields: URLSearchParams): SignedWebhook {
  const authToken = input.secret ?? world.accounts.twilio.authToken;
  return {
    url: input.url,
    rawBody: fields.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...signTwilioForm({ url: input.url, form: fields, authToken }),
    },
  };
}

function twilioInbound(delivery: Delivery): SignedWebhook {
  const values = textValues(delivery.data);
  const fields = buildTwilioInbound({
    NumSegments: String(countSegments(values['Body'] ?? '')),
    ...values,
  });
  const field = (name: string) => String(fields.get(name));
  addMessage(delivery.state.twilio, {
    sid: field('MessageSid'),
    accountSid: field('AccountSid'),
    direction: 'inbound',
    to: field('To'),
    from: field('From'),
    body: field('Body'),
    createdAt: delivery.world.clock.now(),
  });
  return twilioForm(delivery, fields);
}

function highlevelContactCreate(delivery: Delivery): SignedWebhook {
  const { world, state, input, nowMs, data } = delivery;
  const body = buildHighLevelContactCreate({ nowMs, contact: data });
  const { type: _type, timestamp: _timestamp, webhookId: _id, ...contact } = body;
  createContact(world, state.highlevel, contact);
  const rawBody = JSON.stringify(body);
  const privateKey = input.secret ?? world.highlevelKeys.privateKey;
  return json(input.url, rawBody, signHighLevel({ rawBody, privateKey }));
}

function stripeInvoicePaid({ world, state, input, nowMs, data }: Delivery): SignedWebhook {
  const body = buildStripeInvoicePaid({ nowMs, invoice: data });
  const invoice = body.data.object;
  state.stripe.invoices.add(String(invoice['id']), invoice);
  state.stripe.events.add(String(body['id']), body);
  const rawBody = JSON.stringify(body);
  const secret = input.secret ?? world.accounts.stripe.webhookSecret;
  return json(input.url, rawBody, signStripe({ rawBody, secret, nowMs }));
}

const builders: Record<DeliverableEvent, (delivery: Delivery) => SignedWebhook> = {
  'retell.call_started': retell('call_started'),
  'retell.call_ended': retell('call_ended'),
  'retell.call_analyzed': retell('call_analyzed'),
  'twilio.inbound': twilioInbound,
  'twilio.status': (delivery) => twilioForm(delivery, buildTwilioStatus(textValues(delivery.data))),
  'highlevel.ContactCreate': highlevelContactCreate,
  'stripe.invoice.paid': stripeInvoicePaid,
};

/** Builds and signs the webhook, and lets the provider's own memory know what it tells. */
export function signWebhook(world: World, state: SandboxState, input: DeliverInput): SignedWebhook {
  const nowMs = world.clock.now().getTime();
  return builders[input.event]({ world, state, input, nowMs, data: input.data ?? {} });
}

/** Reads the control request; `undefined` when it names no known event or no URL. */
export function readDeliverInput(body: unknown): DeliverInput | undefined {
  const { event, url, data, secret } = asObject(body);
  const known = deliverableEvents.find((candidate) => candidate === event);
  const target = asText(url);
  if (known === undefined || target === undefined) return undefined;
  const key = asText(secret);
  return {
    event: known,
    url: target,
    data: asObject(data),
    ...(key === undefined ? {} : { secret: key }),
  };
}

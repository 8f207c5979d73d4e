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

function textValues(data: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, String(value)]));
}

/** Builds and signs the webhook, and lets the provider's own memory know what it tells. */
export function signWebhook(world: World, state: SandboxState, input: DeliverInput): SignedWebhook {
  const nowMs = world.clock.now().getTime();
  const { url, secret, data = {} } = input;
  const { accounts } = world;
  const json = (rawBody: string, headers: Record<string, string>): SignedWebhook => ({
    url,
    rawBody,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const form = (fields: URLSearchParams): SignedWebhook => ({
    url,
    rawBody: fields.toString(),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      ...signTwilioForm({ url, form: fields, authToken: secret ?? accounts.twilio.authToken }),
    },
  });
  switch (input.event) {
    case 'retell.call_started':
    case 'retell.call_ended':
    case 'retell.call_analyzed': {
      // The case labels leave exactly the three names of RetellEvent after the prefix.
      const event = input.event.slice('retell.'.length) as RetellEvent;
      const body = buildRetellEvent({ event, nowMs, call: data });
      state.retell.calls.add(String(body.call['call_id']), body.call);
      const rawBody = JSON.stringify(body);
      return json(
        rawBody,
        signRetell({ rawBody, apiKey: secret ?? accounts.retell.apiKey, nowMs }),
      );
    }
    case 'twilio.inbound': {
      const fields = buildTwilioInbound(textValues(data));
      const field = (name: string) => fields.get(name) ?? '';
      addMessage(state.twilio, {
        sid: field('MessageSid'),
        accountSid: field('AccountSid'),
        direction: 'inbound',
        to: field('To'),
        from: field('From'),
        body: field('Body'),
        createdAt: world.clock.now(),
      });
      return form(fields);
    }
    case 'twilio.status':
      return form(buildTwilioStatus(textValues(data)));
    case 'highlevel.ContactCreate': {
      const body = buildHighLevelContactCreate({ nowMs, contact: data });
      const { type: _type, timestamp: _timestamp, webhookId: _id, ...contact } = body;
      createContact(world, state.highlevel, contact);
      const rawBody = JSON.stringify(body);
      const privateKey = secret ?? world.highlevelKeys.privateKey;
      return json(rawBody, signHighLevel({ rawBody, privateKey }));
    }
    case 'stripe.invoice.paid': {
      const body = buildStripeInvoicePaid({ nowMs, invoice: data });
      const invoice = body.data.object;
      state.stripe.invoices.add(String(invoice['id']), invoice);
      state.stripe.events.add(String(body['id']), body);
      const rawBody = JSON.stringify(body);
      const key = secret ?? accounts.stripe.webhookSecret;
      return json(rawBody, signStripe({ rawBody, secret: key, nowMs }));
    }
  }
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

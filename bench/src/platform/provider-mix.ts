import {
  buildHighLevelContactCreate,
  buildRetellEvent,
  buildStripeEvent,
  buildStripeInvoicePaid,
  buildTwilioInbound,
  buildTwilioStatus,
  type RetellEvent,
} from '@maxai/sandbox/payloads';
import { signHighLevel, signRetell, signStripe, signTwilioForm } from '@maxai/sandbox/signing';
import { randomBytes } from 'node:crypto';

export type MixedProvider = 'retell' | 'twilio' | 'highlevel' | 'stripe';

/** Where a provider posts to and what it signs with. */
export type WebhookTarget = { readonly path: string; readonly secret: string };

export type MixOptions = {
  /** What Twilio believes it posts to: its signature covers the URL. */
  readonly publicUrl: string;
  readonly targets: Readonly<Record<MixedProvider, WebhookTarget>>;
  /** Paid invoices that the stand-in of Stripe knows; used in turn. */
  readonly invoiceIds: readonly string[];
};

/** One webhook as a provider posts it, however often: a new attempt has a new signature. */
export type MixedWebhook = {
  readonly provider: MixedProvider;
  readonly kind: string;
  readonly path: string;
  /** What it is about: a call, message, contact, or the event itself where several are about one thing. */
  readonly subject: string;
  /** The provider's own thing: the invoice of a payment, the subject of anything else. */
  readonly about: string;
  /** What the platform tells deliveries of one connection apart by. */
  readonly dedupeKey: string;
  readonly body: string;
  headers(nowMs: number): Readonly<Record<string, string>>;
};

type Numbered = {
  readonly index: number;
  /** 32 hexadecimal digits. */
  readonly serial: string;
  readonly phone: string;
  readonly watched: boolean;
};
type Built = Omit<MixedWebhook, 'about'> & { readonly about?: string };
type Builder = (options: MixOptions, about: Numbered) => Built;

/** What marks a webhook that a flow waits for; the others match no flow. */
export const watched = {
  agentId: 'agent_watched',
  text: 'watched: please call me back',
  source: 'watched',
  email: 'watched@agency.example',
} as const;

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' };

function retell(event: RetellEvent): Builder {
  return ({ targets: { retell: target } }, about) => {
    const subject = `call_${about.serial}`;
    const call = {
      call_id: subject,
      from_number: about.phone,
      ...(about.watched && { agent_id: watched.agentId }),
    };
    const body = JSON.stringify(buildRetellEvent({ event, nowMs: Date.now(), call }));
    return {
      provider: 'retell',
      kind: event,
      path: target.path,
      subject,
      dedupeKey: `${subject}:${event}`,
      body,
      headers: (nowMs) => ({
        ...json,
        ...signRetell({ rawBody: body, apiKey: target.secret, nowMs }),
      }),
    };
  };
}

function twilio(kind: 'inbound' | 'delivered'): Builder {
  return ({ publicUrl, targets: { twilio: target } }, about) => {
    const subject = `SM${about.serial}`;
    const fields =
      kind === 'inbound'
        ? buildTwilioInbound({
            MessageSid: subject,
            From: about.phone,
            ...(about.watched && { Body: watched.text }),
          })
        : buildTwilioStatus({ MessageSid: subject, MessageStatus: kind, To: about.phone });
    const url = `${publicUrl}${target.path}`;
    const signature = signTwilioForm({ url, form: fields, authToken: target.secret });
    return {
      provider: 'twilio',
      kind,
      path: target.path,
      subject,
      dedupeKey: `${subject}:${kind === 'inbound' ? 'received' : kind}`,
      body: fields.toString(),
      headers: () => ({ ...form, ...signature }),
    };
  };
}

const highlevel: Builder = ({ targets: { highlevel: target } }, about) => {
  const contact = {
    id: `contact${about.serial}`,
    webhookId: `webhook-${about.serial}`,
    phone: about.phone,
    ...(about.watched && { source: watched.source }),
  };
  const body = JSON.stringify(buildHighLevelContactCreate({ nowMs: Date.now(), contact }));
  return {
    provider: 'highlevel',
    kind: 'ContactCreate',
    path: target.path,
    subject: contact.id,
    dedupeKey: contact.webhookId,
    body,
    headers: () => ({ ...json, ...signHighLevel({ rawBody: body, privateKey: target.secret }) }),
  };
};

function stripe(
  { targets: { stripe: target } }: MixOptions,
  event: Readonly<Record<string, unknown>>,
): Built {
  const body = JSON.stringify(event);
  const id = String(event['id']);
  return {
    provider: 'stripe',
    kind: String(event['type']),
    path: target.path,
    subject: id,
    dedupeKey: id,
    body,
    headers: (nowMs) => ({
      ...json,
      ...signStripe({ rawBody: body, secret: target.secret, nowMs }),
    }),
  };
}

const invoicePaid: Builder = (options, about) => {
  const invoice = {
    id: String(options.invoiceIds[about.index % options.invoiceIds.length]),
    customer_phone: about.phone,
    ...(about.watched && { customer_email: watched.email }),
  };
  const event = buildStripeInvoicePaid({ nowMs: Date.now(), invoice });
  return { ...stripe(options, { ...event, id: `evt_${about.serial}` }), about: invoice.id };
};

const paymentSucceeded: Builder = (options, { serial }) => {
  const object = { id: `pi_${serial}`, object: 'payment_intent', amount: 12_000, currency: 'usd' };
  const event = buildStripeEvent({ type: 'payment_intent.succeeded', nowMs: Date.now(), object });
  return stripe(options, { ...event, id: `evt_${serial}` });
};

const kinds: readonly (readonly [name: string, weight: number, build: Builder])[] = [
  ['Retell call_started', 14, retell('call_started')],
  ['Retell call_ended', 14, retell('call_ended')],
  ['Retell call_analyzed', 14, retell('call_analyzed')],
  ['Twilio status', 28, twilio('delivered')],
  ['Twilio inbound', 8, twilio('inbound')],
  ['HighLevel ContactCreate', 18, highlevel],
  ['Stripe payment_intent.succeeded', 3, paymentSucceeded],
  ['Stripe invoice.paid', 1, invoicePaid],
];
const hundred = kinds.flatMap(([, weight, build]) => Array.from({ length: weight }, () => build));
const waitedFor: readonly Builder[] = [
  retell('call_ended'),
  twilio('inbound'),
  highlevel,
  invoicePaid,
];
// Prime to a hundred: the kinds take turns instead of coming in blocks.
const stride = 37;

/** The mix in words: of a hundred webhooks, so many of each kind. */
export const mixInWords = kinds.map(([name, weight]) => `${weight} ${name}`).join(', ');

/**
 * The webhooks of one run by their number, which no other run repeats. One in `watchEvery` is of a kind that a flow
 * can wait for, and marked, each kind in turn.
 */
export function createProviderMix(
  options: MixOptions & { readonly watchEvery: number },
): (index: number) => MixedWebhook & { readonly watched: boolean } {
  const run = randomBytes(12).toString('hex');
  const pick = (builders: readonly Builder[], place: number): Builder =>
    // The place is taken modulo a length that is not zero.
    builders[place % builders.length] as Builder;
  return (index) => {
    const isWatched = index % options.watchEvery === 0;
    const build = isWatched
      ? pick(waitedFor, Math.floor(index / options.watchEvery))
      : pick(hundred, index * stride);
    const serial = `${run}${index.toString(16).padStart(8, '0')}`;
    const phone = `+1213${String(7_000_000 + (index % 3_000_000))}`;
    const built = build(options, { index, serial, phone, watched: isWatched });
    return { about: built.subject, ...built, watched: isWatched };
  };
}

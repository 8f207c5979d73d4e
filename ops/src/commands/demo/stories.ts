import type { StepAction } from '@maxai/contracts/flows/flow-document';
import type { Provider } from '@maxai/contracts/schemas';
import type { DeliverableEvent } from '@maxai/sandbox';
import { demoFlows, type DemoFlowName } from './demo-flows.ts';

/** One webhook and everything that must follow from it. */
export type Story = {
  readonly name: string;
  readonly event: DeliverableEvent;
  readonly provider: Provider;
  readonly data: Readonly<Record<string, unknown>>;
  readonly eventType: string;
  readonly flow: DemoFlowName | null;
  /** Meters of the usage lines it makes, sorted. */
  readonly meters: readonly string[];
  /** Who gets exactly one SMS. */
  readonly phone: string | null;
  /** The invoice the ledger must book. */
  readonly invoiceId: string | null;
};

const llm = ['llm.input_tokens', 'llm.output_tokens'];

export function actionsOf(flow: DemoFlowName): readonly StepAction[] {
  return demoFlows[flow].steps.map(({ action }) => action);
}

/** The demo's webhooks, with ids and numbers that follow from `runId` (12 hexadecimal digits). */
export function demoStories(runId: string): readonly Story[] {
  const number = String(Number.parseInt(runId, 16) % 1_000_000).padStart(6, '0');
  const phone = (line: number) => `+1646${line}${number}`;
  const call = { call_id: `call_demo${runId}`, from_number: phone(2) };
  const invoiceId = `in_Demo${runId}`;
  return [
    {
      name: 'Retell call_ended',
      event: 'retell.call_ended',
      provider: 'retell',
      data: call,
      eventType: 'call.ended',
      flow: null,
      meters: ['voice.seconds'],
      phone: null,
      invoiceId: null,
    },
    {
      name: 'Retell call_analyzed',
      event: 'retell.call_analyzed',
      provider: 'retell',
      data: call,
      eventType: 'call.analyzed',
      flow: 'After a call',
      meters: [...llm, 'sms.segments'],
      phone: phone(2),
      invoiceId: null,
    },
    {
      name: 'Twilio inbound SMS',
      event: 'twilio.inbound',
      provider: 'twilio',
      data: { MessageSid: `SM${runId.padStart(32, '0')}`, From: phone(3) },
      eventType: 'message.received',
      flow: 'Answer a message',
      meters: [...llm, 'sms.segments', 'sms.segments'],
      phone: phone(3),
      invoiceId: null,
    },
    {
      name: 'HighLevel ContactCreate',
      event: 'highlevel.ContactCreate',
      provider: 'highlevel',
      data: {
        id: `demo${runId}`,
        firstName: 'Nora',
        lastName: 'Newman',
        name: 'Nora Newman',
        email: `nora.${runId}@example.com`,
        phone: phone(4),
      },
      eventType: 'contact.created',
      flow: 'Welcome a contact',
      meters: [...llm, 'sms.segments'],
      phone: phone(4),
      invoiceId: null,
    },
    {
      name: 'Stripe invoice.paid',
      event: 'stripe.invoice.paid',
      provider: 'stripe',
      data: {
        id: invoiceId,
        customer_phone: phone(5),
        customer_email: `paid.${runId}@example.com`,
        customer_name: 'Paula Payer',
      },
      eventType: 'invoice.paid',
      flow: 'Thank for a payment',
      meters: ['sms.segments'],
      phone: phone(5),
      invoiceId,
    },
  ];
}

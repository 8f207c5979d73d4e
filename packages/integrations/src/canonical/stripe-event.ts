import type { EventType } from '@maxai/contracts/events/canonical-event';
import { numberAt, recordAt, textAt, withoutBlanks, type JsonRecord } from '../json-reading.ts';
import { moneyFromMinorUnits, moneyToWire } from '../money-edge.ts';
import type { CanonicalFacts, Delivery } from './to-canonical.ts';

const eventTypes: Readonly<Record<string, EventType>> = {
  'invoice.paid': 'invoice.paid',
  'invoice.payment_failed': 'invoice.payment_failed',
};

/** The subscription sits under `parent` since the 2025 API versions, at the top before. */
function subscriptionId(invoice: JsonRecord): string {
  const details = recordAt(recordAt(invoice, 'parent'), 'subscription_details');
  return textAt(details, 'subscription') || textAt(invoice, 'subscription');
}

export function stripeToCanonical({ type, payload, receivedAt }: Delivery): CanonicalFacts {
  const object = recordAt(recordAt(payload, 'data'), 'object');
  const createdSeconds = numberAt(payload, 'created');
  const canonicalType = eventTypes[type] ?? 'other';
  const amount = (field: string) =>
    moneyToWire(moneyFromMinorUnits(textAt(object, 'currency'), numberAt(object, field) ?? 0));
  return {
    type: canonicalType,
    externalId: textAt(object, 'id'),
    occurredAt:
      createdSeconds === undefined ? receivedAt : new Date(createdSeconds * 1000).toISOString(),
    subject: withoutBlanks({
      externalId: textAt(object, 'customer'),
      phone: textAt(object, 'customer_phone'),
      email: textAt(object, 'customer_email'),
      name: textAt(object, 'customer_name'),
    }),
    data:
      canonicalType === 'other'
        ? object
        : {
            stripeEventId: textAt(payload, 'id'),
            invoiceId: textAt(object, 'id'),
            customerId: textAt(object, 'customer'),
            subscriptionId: subscriptionId(object),
            status: textAt(object, 'status'),
            number: textAt(object, 'number'),
            amountPaid: amount('amount_paid'),
            amountDue: amount('amount_due'),
            amountRemaining: amount('amount_remaining'),
            hostedInvoiceUrl: textAt(object, 'hosted_invoice_url'),
          },
    usage: [],
  };
}

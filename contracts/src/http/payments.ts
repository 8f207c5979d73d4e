import { Type } from 'typebox';
import { operation } from '../operation.ts';
import {
  Id,
  MoneyWire,
  Nullable,
  NullableId,
  NullableTimestamp,
  Page,
  PageQuery,
  Text,
  Timestamp,
} from '../schemas.ts';
import { UsageMeter } from './billing-usage.ts';

/** Price of one meter: units within `included` are free, those beyond cost `overage` each. */
export const MeterPrice = Type.Object({
  meter: UsageMeter,
  included: Type.Integer({ minimum: 0 }),
  overage: MoneyWire,
});
export const Plan = Type.Object({
  id: Id('plan'),
  name: Text(200),
  /** Per calendar month (UTC). */
  basePrice: MoneyWire,
  meters: Type.Array(MeterPrice),
  createdAt: Timestamp,
});
export const Subscription = Type.Object({
  id: Id('subscription'),
  clientId: Id('client'),
  planId: Id('plan'),
  planName: Type.String(),
  /** The payment provider’s customer (`cus_…`). */
  externalCustomerId: Nullable(Type.String()),
  startedAt: Timestamp,
  endedAt: NullableTimestamp,
});
export const InvoiceLine = Type.Object({
  description: Type.String(),
  meter: Nullable(UsageMeter),
  quantity: Type.Integer(),
  billable: Type.Integer(),
  unitPrice: MoneyWire,
  amount: MoneyWire,
  /** What the same usage cost us. */
  vendorCost: MoneyWire,
});
export const InvoicePreview = Type.Object({
  subscriptionId: Id('subscription'),
  clientId: Id('client'),
  periodStart: Timestamp,
  periodEnd: Timestamp,
  lines: Type.Array(InvoiceLine),
  total: MoneyWire,
  vendorCost: MoneyWire,
  margin: MoneyWire,
});
export const LedgerEntry = Type.Object({
  id: Id('ledgerEntry'),
  clientId: NullableId('client'),
  description: Type.String(),
  reference: Type.String(),
  occurredAt: Timestamp,
  postings: Type.Array(Type.Object({ account: Type.String(), amount: MoneyWire })),
});

export const PaymentDeadLetter = Type.Object({
  id: Id('deadLetter'),
  clientId: NullableId('client'),
  /** Stripe’s id of the invoice that was not booked (`in_…`). */
  invoiceId: Type.String(),
  reason: Type.String(),
  createdAt: Timestamp,
  replayedAt: NullableTimestamp,
});

const billing = { service: 'payments', tag: 'Billing' } as const;
export const listPlans = operation({
  ...billing,
  id: 'listPlans',
  method: 'GET',
  path: '/api/billing/plans',
  audience: 'billing:read',
  status: 200,
  summary: 'Plans',
  query: Type.Object(PageQuery),
  result: Page(Plan),
});
export const createPlan = operation({
  ...billing,
  id: 'createPlan',
  method: 'POST',
  path: '/api/billing/plans',
  audience: 'billing:write',
  status: 201,
  summary: 'Create a plan',
  body: Type.Object(
    { name: Text(200), basePrice: MoneyWire, meters: Type.Array(MeterPrice, { maxItems: 20 }) },
    { additionalProperties: false },
  ),
  result: Plan,
});
export const listSubscriptions = operation({
  ...billing,
  id: 'listSubscriptions',
  method: 'GET',
  path: '/api/billing/subscriptions',
  audience: 'billing:read',
  status: 200,
  summary: 'Subscriptions of the clients',
  query: Type.Object(PageQuery),
  result: Page(Subscription),
});
export const createSubscription = operation({
  ...billing,
  id: 'createSubscription',
  method: 'POST',
  path: '/api/billing/subscriptions',
  audience: 'billing:write',
  status: 201,
  summary: 'Put a client on a plan',
  body: Type.Object(
    {
      clientId: Id('client'),
      planId: Id('plan'),
      externalCustomerId: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    },
    { additionalProperties: false },
  ),
  result: Subscription,
});
export const previewInvoice = operation({
  ...billing,
  id: 'previewInvoice',
  method: 'GET',
  path: '/api/billing/subscriptions/{subscriptionId}/preview',
  audience: 'billing:read',
  status: 200,
  summary: 'The invoice as it would be issued for the current month',
  params: Type.Object({ subscriptionId: Id('subscription') }),
  result: InvoicePreview,
});
export const listLedgerEntries = operation({
  ...billing,
  id: 'listLedgerEntries',
  method: 'GET',
  path: '/api/billing/ledger',
  audience: 'billing:read',
  status: 200,
  summary: 'Double-entry ledger, newest first',
  query: Type.Object(PageQuery),
  result: Page(LedgerEntry),
});
export const getTrialBalance = operation({
  ...billing,
  id: 'getTrialBalance',
  method: 'GET',
  path: '/api/billing/trial-balance',
  audience: 'billing:read',
  status: 200,
  summary: 'Balance of every account in each of its currencies; every sum is always zero',
  result: Type.Object({
    accounts: Type.Array(Type.Object({ account: Type.String(), balance: MoneyWire })),
    /** Of the US dollars. */
    sum: MoneyWire,
    /** One for each currency that was booked; release 0.1.0 answers without. */
    sums: Type.Optional(Type.Array(MoneyWire)),
  }),
});
export const listPaymentDeadLetters = operation({
  ...billing,
  id: 'listPaymentDeadLetters',
  method: 'GET',
  path: '/api/billing/dead-letters',
  audience: 'billing:read',
  status: 200,
  summary: 'Payments that could not be booked, each with its reason',
  query: Type.Object(PageQuery),
  result: Page(PaymentDeadLetter),
});
export const replayPaymentDeadLetter = operation({
  ...billing,
  id: 'replayPaymentDeadLetter',
  method: 'POST',
  path: '/api/billing/dead-letters/{deadLetterId}/replay',
  audience: 'billing:write',
  status: 202,
  summary: 'Try to book it again; a payment is booked once',
  params: Type.Object({ deadLetterId: Id('deadLetter') }),
  result: PaymentDeadLetter,
});

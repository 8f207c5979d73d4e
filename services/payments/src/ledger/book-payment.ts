import { getConnectionSecrets } from '@maxai/contracts/http/iam';
import type { PaymentEventJob } from '@maxai/contracts/jobs/queues';
import { createPort, productionBaseUrls } from '@maxai/integrations/create-ports';
import type { ProviderInvoice } from '@maxai/integrations/ports';
import { ProviderError } from '@maxai/integrations/provider-error';
import { serviceIdentity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { money } from '@maxai/kernel/money';
import { insertDeadLetter } from '@maxai/runtime/database';
import { PermanentFailure, RetryLater } from '@maxai/runtime/queue';
import type { Foundation } from '../context.ts';
import { findClientOfCustomer } from '../subscription/subscription-store.ts';
import { insertEntry } from './ledger-store.ts';

export type WorkerContext = Foundation & { readonly stripeBaseUrl: string };

const timeoutMs = 10_000;
/** Between two looks at a Stripe that is away and names no time itself. */
const awayDelayMs = 30_000;

const awayKinds = new Set<unknown>(['timeout', 'unavailable', 'rate_limited']);

/** An outage of Stripe, however long, uses up no attempt: a payment that was not booked is money that is missing. */
function waitWhileAway(error: unknown): never {
  if (error instanceof ProviderError && awayKinds.has(error.kind)) {
    // A Retry-After of zero would ask again without a pause.
    throw new RetryLater(error.retryAfterMs || awayDelayMs, error.message);
  }
  throw error;
}

/** The invoice as Stripe has it now: deliveries come late, twice and out of order. */
async function refetchInvoice(
  ctx: WorkerContext,
  { event }: PaymentEventJob,
): Promise<ProviderInvoice> {
  const connection = await ctx.iam.call(getConnectionSecrets, {
    identity: serviceIdentity('payments-worker', event.tenantId),
    params: { connectionId: event.connectionId },
  });
  const port = createPort('payment', connection, {
    baseUrls: { ...productionBaseUrls, stripe: ctx.stripeBaseUrl },
  });
  return port.getInvoice({ invoiceId: event.externalId }, { timeoutMs }).catch(waitWhileAway);
}

/**
 * Books a paid invoice: the payment provider's balance against revenue. The reference is the invoice's,
 * so however often its events arrive it is booked once.
 */
export async function bookPayment(
  ctx: WorkerContext,
  job: PaymentEventJob,
): Promise<'booked' | 'known' | 'ignored'> {
  const { event } = job;
  if (event.type !== 'invoice.paid') return 'ignored';
  const invoice = await refetchInvoice(ctx, job);
  if (invoice.status !== 'paid') {
    throw new PermanentFailure(
      `invoice ${invoice.invoiceId} is ${invoice.status} at Stripe, not paid`,
    );
  }
  const { amountPaid } = invoice;
  return ctx.db.tenant(event.tenantId, async (tx) => {
    const customer = await findClientOfCustomer(tx, invoice.customerId);
    const booked = await insertEntry(tx, {
      id: newId('ledgerEntry', { nowMs: ctx.clock.now().getTime() }),
      tenantId: event.tenantId,
      clientId: customer?.client_id ?? event.clientId,
      description: `Invoice ${invoice.invoiceId} paid`,
      reference: `stripe:invoice.paid:${invoice.invoiceId}`,
      occurredAt: new Date(event.occurredAt),
      postings: [
        { account: 'assets:stripe', amount: amountPaid },
        { account: 'income:subscriptions', amount: money(amountPaid.currency, -amountPaid.nanos) },
      ],
    });
    return booked ? 'booked' : 'known';
  });
}

/** Keeps an event that could not be booked, with its reason. */
export async function buryPayment(
  ctx: WorkerContext,
  job: PaymentEventJob,
  reason: string,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.tenant(job.context.tenantId, (tx) => insertDeadLetter(tx, { job, reason, now }));
}

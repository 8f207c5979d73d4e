import type Stripe from 'stripe';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, failureOf, urlOf } from '../../call-provider.ts';
import { moneyFromMinorUnits, toStripeUnits } from '../../money-edge.ts';
import type { CallOptions, PaymentPort } from '../../ports.ts';

const sdkOrigin = 'https://api.stripe.com';

function idOf(reference: string | { readonly id: string } | null | undefined): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null);
}

/** Stripe behind `PaymentPort`. Needs `credentials.secretKey`. */
export function createStripePayment(config: AdapterConfig): PaymentPort {
  const secretKey = requiredField('stripe', config, 'credentials', 'secretKey');
  const context = providerContext('stripe', config);

  /** Reads, and writes under an idempotency key: every verb may be repeated. */
  const call = <T>(options: CallOptions, run: (stripe: Stripe) => Promise<T>): Promise<T> =>
    callProvider(context, { ...options, repeatable: true }, async (fetch) => {
      const { default: StripeClient } = await import('stripe');
      return run(
        new StripeClient(secretKey, {
          maxNetworkRetries: 0,
          timeout: options.timeoutMs,
          telemetry: false,
          // The SDK takes a host but no path, so the base URL is put in front here.
          httpClient: StripeClient.createFetchHttpClient((input, init) =>
            fetch(config.baseUrl + urlOf(input).slice(sdkOrigin.length), init),
          ),
        }),
      );
    });

  return {
    getInvoice: ({ invoiceId }, options) =>
      call(options, async (stripe) => {
        const invoice = await stripe.invoices.retrieve(invoiceId);
        return {
          invoiceId,
          customerId: idOf(invoice.customer) ?? '',
          subscriptionId: idOf(invoice.parent?.subscription_details?.subscription),
          status: invoice.status ?? '',
          total: moneyFromMinorUnits(invoice.currency, invoice.total),
          amountPaid: moneyFromMinorUnits(invoice.currency, invoice.amount_paid),
        };
      }),

    getCustomer: ({ customerId }, options) =>
      call(options, async (stripe) => {
        const customer = await stripe.customers.retrieve(customerId);
        if (customer.deleted === true) {
          const body = { error: { code: 'resource_missing', message: 'the customer was deleted' } };
          throw failureOf(context, { status: 404, headers: new Headers(), body }, true);
        }
        return { customerId, email: customer.email, name: customer.name ?? null };
      }),

    createInvoiceItem: ({ idempotencyKey, customerId, amount, description }, options) =>
      call(options, async (stripe) => {
        const item = await stripe.invoiceItems.create(
          {
            customer: customerId,
            currency: amount.currency.toLowerCase(),
            amount: toStripeUnits(amount),
            description,
          },
          { idempotencyKey },
        );
        return { externalId: item.id, output: { invoiceItemId: item.id }, usage: [] };
      }),
  };
}

import * as contract from '@maxai/contracts/http/payments';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { listPaymentDeadLetters } from '../dead-letter/list-payment-dead-letters.ts';
import { replayPaymentDeadLetter } from '../dead-letter/replay-payment-dead-letter.ts';
import { previewInvoice } from '../invoice/preview-invoice.ts';
import { listLedger, readTrialBalance } from '../ledger/ledger.ts';
import { createPlan, listPlans } from '../plan/plans.ts';
import { createSubscription, listSubscriptions } from '../subscription/subscriptions.ts';

export function registerBilling(app: App, ctx: Context): void {
  implement(app, contract.listPlans, ({ identity, query }) => listPlans(ctx, identity, query));
  implement(app, contract.createPlan, ({ identity, body }) => createPlan(ctx, identity, body));
  implement(app, contract.listSubscriptions, ({ identity, query }) =>
    listSubscriptions(ctx, identity, query),
  );
  implement(app, contract.createSubscription, ({ identity, body }) =>
    createSubscription(ctx, identity, body),
  );
  implement(app, contract.previewInvoice, ({ identity, params }) =>
    previewInvoice(ctx, identity, params.subscriptionId),
  );
  implement(app, contract.listLedgerEntries, ({ identity, query }) =>
    listLedger(ctx, identity, query),
  );
  implement(app, contract.getTrialBalance, ({ identity }) => readTrialBalance(ctx, identity));
  implement(app, contract.listPaymentDeadLetters, ({ identity, query }) =>
    listPaymentDeadLetters(ctx, identity, query),
  );
  implement(app, contract.replayPaymentDeadLetter, ({ identity, params }) =>
    replayPaymentDeadLetter(ctx, identity, params.deadLetterId),
  );
}

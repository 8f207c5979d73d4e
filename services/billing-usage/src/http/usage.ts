import * as contract from '@maxai/contracts/http/billing-usage';
import { implement, type App } from '@maxai/runtime/http';
import type { ServiceContext } from '../context.ts';
import { listUsageDeadLetters } from '../dead-letter/list-usage-dead-letters.ts';
import { replayUsageDeadLetter } from '../dead-letter/replay-usage-dead-letter.ts';
import { listUsage, summariseUsage, totalUsage } from '../usage/read-usage.ts';

export function registerUsage(app: App, ctx: ServiceContext): void {
  implement(app, contract.listUsageEvents, ({ identity, query }) =>
    listUsage(ctx, identity, query),
  );
  implement(app, contract.getUsageSummary, ({ identity, query }) =>
    summariseUsage(ctx, identity, query),
  );
  implement(app, contract.getUsageTotals, ({ identity, query }) =>
    totalUsage(ctx, identity, query),
  );
  implement(app, contract.listUsageDeadLetters, ({ identity, query }) =>
    listUsageDeadLetters(ctx, identity, query),
  );
  implement(app, contract.replayUsageDeadLetter, ({ identity, params }) =>
    replayUsageDeadLetter(ctx, identity, params.deadLetterId),
  );
}

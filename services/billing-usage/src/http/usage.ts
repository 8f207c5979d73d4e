import {
  getUsageSummary,
  getUsageTotals,
  listUsageEvents,
} from '@maxai/contracts/http/billing-usage';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { listUsage, summariseUsage, totalUsage } from '../usage/read-usage.ts';

export function registerUsage(app: App, ctx: Context): void {
  implement(app, listUsageEvents, ({ identity, query }) => listUsage(ctx, identity, query));
  implement(app, getUsageSummary, ({ identity, query }) => summariseUsage(ctx, identity, query));
  implement(app, getUsageTotals, ({ identity, query }) => totalUsage(ctx, identity, query));
}

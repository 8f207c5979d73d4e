import type { getTrialBalance, listLedgerEntries } from '@maxai/contracts/http/payments';
import type { QueryOf, ResultOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { addMoney, money } from '@maxai/kernel/money';
import { listScope, pageOf } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { toWireMoney } from '../money-wire.ts';
import { selectBalances, selectEntries, selectPostings } from './ledger-store.ts';

export async function listLedger(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof listLedgerEntries>,
): Promise<ResultOf<typeof listLedgerEntries>> {
  const scope = listScope(visibleClients(identity, 'billing:read'), query);
  return ctx.db.tenant(requireTenant(identity), async (tx) => {
    const entries = await selectEntries(tx, scope);
    const postings = await selectPostings(
      tx,
      entries.map(({ id }) => id),
    );
    return pageOf(entries, scope, (entry) => ({
      id: entry.id,
      clientId: entry.client_id,
      description: entry.description,
      reference: entry.reference,
      occurredAt: entry.occurred_at.toISOString(),
      postings: postings
        .filter((posting) => posting.entry_id === entry.id)
        .map(({ account, currency, nanos }) => ({
          account,
          amount: toWireMoney(money(currency, nanos)),
        })),
    }));
  });
}

/** Every account of the tenant, which is why it takes a grant on the tenant. Each currency is summed by itself. */
export async function readTrialBalance(
  ctx: Context,
  identity: Identity,
): Promise<ResultOf<typeof getTrialBalance>> {
  requirePermission(identity, 'billing:read', null);
  const rows = await ctx.db.tenant(requireTenant(identity), selectBalances);
  const balances = rows.map(({ account, currency, nanos }) => ({
    account,
    balance: money(currency, nanos),
  }));
  const currencies = Map.groupBy(balances, ({ balance }) => balance.currency);
  const sumOf = (currency: string) =>
    toWireMoney(
      (currencies.get(currency) ?? []).reduce(
        (total, { balance }) => addMoney(total, balance),
        money(currency, 0n),
      ),
    );
  return {
    accounts: balances.map(({ account, balance }) => ({ account, balance: toWireMoney(balance) })),
    sum: sumOf('USD'),
    sums: [...currencies.keys()].toSorted().map(sumOf),
  };
}

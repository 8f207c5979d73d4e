import type { MeterPrice } from '@maxai/contracts/http/payments';
import { money } from '@maxai/kernel/money';
import type { Transaction } from 'kysely';
import { isOlder } from '@maxai/runtime/database';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';
import type { PricedPlan } from '../invoice/valuation-rules.ts';
import { readMoney } from '../money-wire.ts';

export type NewPlan = {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly currency: string;
  readonly baseNanos: bigint;
  readonly meters: readonly Static<typeof MeterPrice>[];
  readonly createdAt: Date;
};

export function insertPlan(tx: Transaction<DB>, plan: NewPlan) {
  return tx
    .insertInto('plan')
    .values({
      id: plan.id,
      tenant_id: plan.tenantId,
      name: plan.name,
      currency: plan.currency,
      base_nanos: plan.baseNanos,
      meters: JSON.stringify(plan.meters),
      created_at: plan.createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectPlans(tx: Transaction<DB>, cursor: string | undefined, limit: number) {
  return tx
    .selectFrom('plan')
    .selectAll()
    .where(isOlder('id', cursor))
    .orderBy('id', 'desc')
    .limit(limit + 1);
}

export function findPlan(tx: Transaction<DB>, id: string) {
  return tx.selectFrom('plan').selectAll().where('id', '=', id).executeTakeFirst();
}

type PriceColumns = { name: string; currency: string; base_nanos: bigint; meters: unknown };

export function toPricedPlan(row: PriceColumns): PricedPlan {
  // Written by insertPlan from the contract's own type.
  const meters = row.meters as Static<typeof MeterPrice>[];
  return {
    name: row.name,
    basePrice: money(row.currency, row.base_nanos),
    meters: meters.map((price) => ({ ...price, overage: readMoney(price.overage) })),
  };
}

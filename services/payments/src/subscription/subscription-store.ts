import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import type { Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';

export type NewSubscription = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly planId: string;
  readonly externalCustomerId: string | null;
  readonly startedAt: Date;
};

export async function insertSubscription(
  tx: Transaction<DB>,
  subscription: NewSubscription,
): Promise<void> {
  await tx
    .insertInto('subscription')
    .values({
      id: subscription.id,
      tenant_id: subscription.tenantId,
      client_id: subscription.clientId,
      plan_id: subscription.planId,
      external_customer_id: subscription.externalCustomerId,
      started_at: subscription.startedAt,
    })
    .execute();
}

function withPlan(tx: Transaction<DB>) {
  return tx
    .selectFrom('subscription')
    .innerJoin('plan', 'plan.id', 'subscription.plan_id')
    .select([
      'subscription.id',
      'subscription.client_id',
      'subscription.plan_id',
      'subscription.external_customer_id',
      'subscription.started_at',
      'subscription.ended_at',
      'plan.name',
      'plan.currency',
      'plan.base_nanos',
      'plan.meters',
    ]);
}

export function findSubscription(tx: Transaction<DB>, id: string) {
  return withPlan(tx).where('subscription.id', '=', id).executeTakeFirst();
}

export function selectSubscriptions(tx: Transaction<DB>, scope: ListScope) {
  return withPlan(tx)
    .where(inScope('subscription', scope))
    .orderBy('subscription.id', 'desc')
    .limit(pageRows(scope));
}

/** The client whose live subscription belongs to this customer of the payment provider. */
export function findClientOfCustomer(tx: Transaction<DB>, externalCustomerId: string) {
  return tx
    .selectFrom('subscription')
    .select('client_id')
    .where('external_customer_id', '=', externalCustomerId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
}

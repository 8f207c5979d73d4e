import type { Effect } from '@maxai/contracts/http/orchestrator';
import type { Provider } from '@maxai/contracts/schemas';
import { formatDecimal, type Money } from '@maxai/kernel/money';
import { equals, inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';

type Tx = Transaction<DB>;

const columns = [
  'id',
  'tenant_id',
  'client_id',
  'execution_id',
  'step_key',
  'action',
  'provider',
  'connection_id',
  'status',
  'external_id',
  'cost_currency',
  'cost_nanos',
  'fingerprint',
  'request',
  'response',
  'attempted_at',
  'settle_after',
  'created_at',
] as const satisfies readonly (keyof DB['effect'])[];
export type EffectRow = Pick<Selectable<DB['effect']>, (typeof columns)[number]>;
export type EffectWire = Static<typeof Effect>;

/** Both columns are written together. */
function costOf({ cost_currency: currency, cost_nanos: nanos }: EffectRow): EffectWire['cost'] {
  return currency && nanos !== null
    ? { currency, amount: formatDecimal({ currency, nanos }) }
    : null;
}

export function effectToWire(row: EffectRow): EffectWire {
  return {
    id: row.id,
    executionId: row.execution_id,
    clientId: row.client_id,
    stepKey: row.step_key,
    action: row.action,
    // Written by startEffect and finishEffect only, from the contract's own types.
    provider: row.provider as EffectWire['provider'],
    connectionId: row.connection_id,
    status: row.status as EffectWire['status'],
    externalId: row.external_id,
    cost: costOf(row),
    request: row.request as EffectWire['request'],
    response: row.response as EffectWire['response'],
    createdAt: row.created_at.toISOString(),
  };
}

export type EffectStart = {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly executionId: string;
  readonly stepKey: string;
  readonly action: string;
  readonly provider: Provider;
  readonly connectionId: string;
  readonly fingerprint: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly now: Date;
  /** From here on a call that was cut off can no longer arrive at the provider. */
  readonly settleAfter: Date;
};

/**
 * Writes, before the provider is called, that it is about to be: after a crash the row says that the
 * effect may have happened. A later attempt of the same step keeps the effect's id and creation time.
 */
export async function startEffect(tx: Tx, effect: EffectStart): Promise<EffectRow> {
  const attempt = {
    status: 'attempting',
    provider: effect.provider,
    connection_id: effect.connectionId,
    fingerprint: effect.fingerprint,
    request: JSON.stringify(effect.request),
    response: null,
    attempted_at: effect.now,
    settle_after: effect.settleAfter,
  };
  return tx
    .insertInto('effect')
    .values({
      id: effect.id,
      tenant_id: effect.tenantId,
      client_id: effect.clientId,
      execution_id: effect.executionId,
      step_key: effect.stepKey,
      action: effect.action,
      created_at: effect.now,
      ...attempt,
    })
    .onConflict((conflict) => conflict.columns(['execution_id', 'step_key']).doUpdateSet(attempt))
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Claims what the provider did for this effect; a message another effect claimed is a unique violation. */
export async function finishEffect(
  tx: Tx,
  id: string,
  result: { readonly externalId: string; readonly output: unknown; readonly cost: Money | null },
): Promise<void> {
  await tx
    .updateTable('effect')
    .set({
      status: 'done',
      external_id: result.externalId,
      response: JSON.stringify(result.output),
      cost_currency: result.cost?.currency ?? null,
      cost_nanos: result.cost?.nanos ?? null,
    })
    .where('id', '=', id)
    .execute();
}

export async function failEffect(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('effect').set({ status: 'failed' }).where('id', '=', id).execute();
}

export async function findEffect(tx: Tx, id: string): Promise<EffectWire | undefined> {
  const row = await tx.selectFrom('effect').select(columns).where('id', '=', id).executeTakeFirst();
  return row && effectToWire(row);
}

export async function effectsOf(tx: Tx, executionId: string): Promise<EffectRow[]> {
  return tx
    .selectFrom('effect')
    .select(columns)
    .where('execution_id', '=', executionId)
    .orderBy('id')
    .execute();
}

export function selectEffects(tx: Tx, scope: ListScope, action: string | undefined) {
  return tx
    .selectFrom('effect')
    .select(columns)
    .where(inScope('effect', scope))
    .where(equals('action', action))
    .orderBy('id', 'desc')
    .limit(pageRows(scope));
}

/** Messages that equal effects have claimed, as far as they can be as young as this effect. */
export async function claimedByOthers(tx: Tx, effect: EffectRow): Promise<string[]> {
  const rows = await tx
    .selectFrom('effect')
    .select('external_id')
    .where('fingerprint', '=', effect.fingerprint)
    .where('id', '!=', effect.id)
    .where(sql<boolean>`settle_after > ${effect.created_at}::timestamptz - interval '10 minutes'`)
    .where('external_id', 'is not', null)
    .$narrowType<{ external_id: string }>()
    .execute();
  return rows.map((row) => row.external_id);
}

/** Until when an equal effect of another execution may still be under way; undefined when none is. */
export async function rivalUntil(tx: Tx, effect: EffectRow, now: Date): Promise<Date | undefined> {
  const row = await tx
    .selectFrom('effect')
    .select('settle_after')
    .where('fingerprint', '=', effect.fingerprint)
    .where('status', '=', 'attempting')
    .where('id', '!=', effect.id)
    .where('settle_after', '>', now)
    .orderBy('settle_after', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.settle_after;
}

import {
  requirePermission,
  requireTenant,
  visibleClients,
  type Identity,
} from '@maxai/kernel/access';
import { notFound } from '@maxai/kernel/errors';
import { listScope, pageOf, type Paging } from '@maxai/runtime/database';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import { effectsOf, effectToWire } from '../effect/effect-store.ts';
import type { DB } from '../generated/database.ts';
import {
  executionToWire,
  findExecution,
  selectExecutions,
  type ExecutionWire,
} from './execution-store.ts';
import { stepsInOrder } from './step-store.ts';

/** The execution if the identity may read it; otherwise it looks missing. */
export async function readableExecution(
  tx: Transaction<DB>,
  identity: Identity,
  executionId: string,
): Promise<ExecutionWire> {
  const execution = await findExecution(tx, executionId);
  if (!execution) throw notFound();
  requirePermission(identity, 'execution:read', execution.clientId);
  return execution;
}

export async function listExecutions(
  ctx: Context,
  input: Paging & {
    readonly identity: Identity;
    readonly status?: string;
    readonly flowId?: string;
  },
) {
  const scope = listScope(visibleClients(input.identity, 'execution:read'), input);
  const tenantId = requireTenant(input.identity);
  const rows = await ctx.db.read(tenantId, (tx) => selectExecutions(tx, scope, input));
  return pageOf(rows, scope, executionToWire);
}

export async function getExecution(
  ctx: Context,
  { identity, executionId }: { readonly identity: Identity; readonly executionId: string },
) {
  return ctx.db.tenant(requireTenant(identity), async (tx) => {
    const execution = await readableExecution(tx, identity, executionId);
    const steps = await stepsInOrder(tx, executionId);
    const effects = await effectsOf(tx, executionId);
    return { ...execution, steps, effects: effects.map(effectToWire) };
  });
}

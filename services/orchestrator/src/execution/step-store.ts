import type { FlowStep } from '@maxai/contracts/flows/flow-document';
import type { StepRun } from '@maxai/contracts/http/orchestrator';
import { sql, type Selectable, type Transaction } from 'kysely';
import type { Static } from 'typebox';
import type { DB } from '../generated/database.ts';

type Tx = Transaction<DB>;
export type StepRunWire = Static<typeof StepRun>;

const shownColumns = [
  'id',
  'key',
  'action',
  'status',
  'attempts',
  'input',
  'output',
  'error',
  'started_at',
  'finished_at',
] as const satisfies readonly (keyof DB['step_run'])[];

export function stepToWire(
  row: Pick<Selectable<DB['step_run']>, (typeof shownColumns)[number]>,
): StepRunWire {
  return {
    id: row.id,
    key: row.key,
    action: row.action,
    // Written from StepRunWire only, and input and output are objects.
    status: row.status as StepRunWire['status'],
    attempts: row.attempts,
    input: row.input as StepRunWire['input'],
    output: row.output as StepRunWire['output'],
    error: row.error,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function selectSteps(tx: Tx, executionId: string) {
  return tx.selectFrom('step_run').select(shownColumns).where('execution_id', '=', executionId);
}

/** What has begun of an execution, in no order. */
export async function stepsOf(tx: Tx, executionId: string): Promise<StepRunWire[]> {
  return (await selectSteps(tx, executionId).execute()).map(stepToWire);
}

/** What has begun of an execution, in the flow's order: ids and times tell it only to the millisecond. */
export async function stepsInOrder(tx: Tx, executionId: string): Promise<StepRunWire[]> {
  const place = sql`(
    select place
    from execution join flow_version on flow_version.id = execution.flow_version_id,
      jsonb_array_elements(flow_version.document -> 'steps') with ordinality as steps (step, place)
    where execution.id = step_run.execution_id and step ->> 'key' = step_run.key)`;
  return (await selectSteps(tx, executionId).orderBy(place).execute()).map(stepToWire);
}

export type StepState = Pick<StepRunWire, 'status' | 'attempts'> &
  Partial<Pick<StepRunWire, 'input' | 'output' | 'error'>>;

/** Writes where a step stands; the first write of a step creates its row. */
export async function saveStep(
  tx: Tx,
  at: { readonly id: string; readonly tenantId: string; readonly executionId: string },
  step: Pick<FlowStep, 'key' | 'action'>,
  state: StepState,
  now: Date,
): Promise<void> {
  const values = {
    status: state.status,
    attempts: state.attempts,
    ...(state.input !== undefined && { input: JSON.stringify(state.input) }),
    ...(state.output !== undefined && { output: JSON.stringify(state.output) }),
    error: state.error ?? null,
    finished_at: state.status === 'running' ? null : now,
  };
  await tx
    .insertInto('step_run')
    .values({
      id: at.id,
      tenant_id: at.tenantId,
      execution_id: at.executionId,
      key: step.key,
      action: step.action,
      started_at: now,
      ...values,
    })
    .onConflict((conflict) => conflict.columns(['execution_id', 'key']).doUpdateSet(values))
    .execute();
}

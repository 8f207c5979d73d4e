import type { Transaction } from 'kysely';
import type { WorkerContext } from '../context.ts';
import type { DB } from '../generated/database.ts';
import { confirmLease, type HeldExecution } from './lease-store.ts';

/** The run ends here without an ending of the execution: another worker has it, or somebody cancelled. */
export class RunInterrupted extends Error {
  readonly why: 'lost' | 'cancel-requested';
  constructor(why: RunInterrupted['why']) {
    super(`the run was interrupted: ${why}`);
    this.why = why;
  }
}

/** A transaction of a run: changes nothing once the lease is lost. */
export async function underLease<T>(
  ctx: WorkerContext,
  held: HeldExecution,
  work: (tx: Transaction<DB>, now: Date) => Promise<T>,
): Promise<T> {
  return ctx.db.tenant(held.tenantId, async (tx) => {
    if ((await confirmLease(tx, held.lease)) === 'lost') throw new RunInterrupted('lost');
    return work(tx, ctx.clock.now());
  });
}

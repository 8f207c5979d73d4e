import type { Identity } from '@maxai/kernel/access';
import { writeAudit } from '@maxai/runtime/database';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../generated/database.ts';

export type AuditEntry = {
  readonly tenantId: string;
  readonly identity: Identity;
  /** The verb's name, as its file is called. */
  readonly action: string;
  /** The id of what was changed. */
  readonly resource: string;
  readonly clientId?: string | null;
  readonly detail?: Readonly<Record<string, unknown>>;
};

/** Adds the audit row of a write to the transaction that makes it. */
export async function recordAudit(
  ctx: Context,
  tx: Transaction<DB>,
  entry: AuditEntry,
): Promise<void> {
  await writeAudit(tx, {
    clientId: null,
    detail: {},
    ...entry,
    now: ctx.clock.now(),
  });
}

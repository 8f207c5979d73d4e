import { notFound } from '@maxai/kernel/errors';
import type { Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';
import { findClient } from './client-store.ts';

/** `not_found` unless the client exists in the transaction's tenant; `null` is the tenant itself. */
export async function requireClient(tx: Transaction<DB>, clientId: string | null): Promise<void> {
  if (clientId !== null && (await findClient(tx, clientId)) === undefined) throw notFound();
}

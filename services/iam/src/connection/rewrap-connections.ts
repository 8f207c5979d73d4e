import { createDatabase } from '@maxai/runtime/database';
import { randomBytes } from 'node:crypto';
import type { DB } from '../generated/database.ts';
import { boundTo } from './connection-secrets.ts';
import { lockWrappedByOthers, updateWrappedKey } from './connection-store.ts';
import { createEnvelope } from './envelope.ts';

const batchSize = 100;

/**
 * Wraps the key of every connection under the first of `encryptionKey`, batch by batch, and returns how many it
 * moved. Runs beside iam as the schema's owner, whom no tenant's scope binds; run again it goes on where it ended.
 */
export async function rewrapConnections(given: {
  readonly ownerDatabaseUrl: string;
  readonly encryptionKey: string;
}): Promise<number> {
  const envelope = createEnvelope(given.encryptionKey, randomBytes);
  const db = createDatabase<DB>({
    url: given.ownerDatabaseUrl,
    poolMax: 1,
    applicationName: 'rewrap',
  });
  const moveBatch = () =>
    db.platform(async (tx) => {
      const rows = await lockWrappedByOthers(tx, envelope.keyId, batchSize);
      for (const row of rows) {
        const sealed = { keyId: row.key_id, wrappedKey: row.wrapped_key, secrets: row.secrets };
        await updateWrappedKey(tx, row.id, envelope.rewrap(sealed, boundTo(row)));
      }
      return rows.length;
    });
  try {
    let moved = 0;
    for (;;) {
      const count = await moveBatch();
      if (count === 0) return moved;
      moved += count;
    }
  } finally {
    await db.close();
  }
}

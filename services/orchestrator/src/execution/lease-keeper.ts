import type { Database } from '@maxai/runtime/database';
import type { Logger } from '@maxai/runtime/telemetry';
import type { DB } from '../generated/database.ts';
import { repeat } from '../jobs/repeat.ts';
import { renewLeases } from './lease-store.ts';

/** How long a killed worker keeps its executions from being resumed. */
export const leaseMs = 2500;

export type LeaseKeeper = {
  /** Keeps the lease alive while `work` runs. */
  during<T>(executionId: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

/** Renews every lease this process holds in one statement, three times within a lease's life. */
export function createLeaseKeeper(options: {
  readonly db: Database<DB>;
  readonly owner: string;
  readonly logger: Logger;
}): LeaseKeeper {
  const { db, owner, logger } = options;
  const held = new Set<string>();
  const renewing = repeat({
    name: 'Renewing leases',
    intervalMs: leaseMs / 3,
    logger,
    work: async () => {
      if (held.size > 0) await db.fleeting((tx) => renewLeases(tx, owner, [...held], leaseMs));
      return false;
    },
  });
  return {
    async during(executionId, work) {
      held.add(executionId);
      try {
        return await work();
      } finally {
        held.delete(executionId);
      }
    },
    stop: () => renewing.stop(),
  };
}

import { newId } from '@maxai/kernel/ids';
import { setTimeout as wait } from 'node:timers/promises';
import { withClient } from '../check-readable.ts';
import { findProcess } from '../find-process.ts';
import type { Site } from './site.ts';

export type LedgerLoad = {
  readonly sendTo: (site: Site) => void;
  /** How many entries were booked so far. */
  readonly booked: () => number;
  readonly stop: () => Promise<void>;
};

/** The connection of payments itself: its role, bound to a tenant's scope and the ledger's constraints. */
function paymentsUrl({ plan }: Site): string {
  return String(findProcess(plan, 'payments').env['PAYMENTS_DATABASE_URL']);
}

async function book(url: string, tenantId: string): Promise<void> {
  const id = newId('ledgerEntry');
  await withClient(url, async (client) => {
    await client.query('begin');
    await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    await client.query(
      `insert into ledger_entry (id, tenant_id, description, reference, occurred_at)
       values ($1, $2, 'Drill', $1, now())`,
      [id, tenantId],
    );
    await client.query(
      `insert into ledger_posting (entry_id, tenant_id, account, currency, nanos)
       values ($1, $2, 'assets:stripe', 'USD', 1000), ($1, $2, 'income:subscriptions', 'USD', -1000)`,
      [id, tenantId],
    );
    await client.query('commit');
  });
}

/** Books balanced entries, one after the other, for as long as the database takes them. */
export function startLedgerLoad(given: {
  readonly site: Site;
  readonly tenantId: string;
  readonly everyMs: number;
}): LedgerLoad {
  const stopping = new AbortController();
  let url = paymentsUrl(given.site);
  let booked = 0;
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await book(url, given.tenantId).then(
        () => (booked += 1),
        // The database is away, which is what a drill is about; that none is booked at all is a check of its own.
        () => undefined,
      );
      await wait(given.everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }
  const running = run();
  return {
    sendTo: (site) => {
      url = paymentsUrl(site);
    },
    booked: () => booked,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

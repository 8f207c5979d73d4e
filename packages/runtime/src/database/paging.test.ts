import { createTestDatabase, mintTenantId, type TestDatabase } from '@maxai/runtime/testing';
import { sql } from 'kysely';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, inScope, listScope, pageOf, type Database } from './index.ts';

type Entry = { readonly id: string; readonly client_id: string };

let database: TestDatabase;
let db: Database<{ entry: Entry }>;

beforeAll(async () => {
  const directory = join(import.meta.dirname, 'fixtures/migrations');
  database = await createTestDatabase({ schema: 'sample', directory });
  db = createDatabase({ url: database.appUrl, poolMax: 1, applicationName: 'paging-test' });
});

afterAll(async () => {
  await db.close();
  await database.drop();
});

function list(
  visible: 'all' | readonly string[],
  paging: Parameters<typeof listScope>[1],
): Promise<{ items: string[]; nextCursor: string | null }> {
  const scope = listScope(visible, paging);
  return db.tenant(mintTenantId(), async (tx) => {
    const { rows } = await sql<Entry>`
      select * from (values ('1', 'a'), ('2', 'b'), ('3', 'a'), ('4', 'c')) as entry (id, client_id)
      where ${inScope('entry', scope)} order by id desc limit ${scope.limit + 1}`.execute(tx);
    return pageOf(rows, scope, ({ id }) => id);
  });
}

it('shows the clients in sight, newest first, and nothing to somebody who sees none', async () => {
  expect(await list('all', {})).toEqual({ items: ['4', '3', '2', '1'], nextCursor: null });
  expect(await list(['a', 'b'], {})).toEqual({ items: ['3', '2', '1'], nextCursor: null });
  expect(await list([], {})).toEqual({ items: [], nextCursor: null });
});

it('narrows to one client, but never beyond what is in sight', async () => {
  expect((await list('all', { clientId: 'a' })).items).toEqual(['3', '1']);
  expect((await list(['b'], { clientId: 'a' })).items).toEqual([]);
});

it('goes through a list page by page without a gap or a repeat', async () => {
  const first = await list('all', { limit: 3 });
  expect(first).toEqual({ items: ['4', '3', '2'], nextCursor: '2' });
  expect(await list('all', { limit: 3, cursor: '2' })).toEqual({ items: ['1'], nextCursor: null });
});

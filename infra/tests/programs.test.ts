import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseYaml } from '@maxai/topology/parse-yaml';
import { startLocalEngine } from './local-engine.ts';

const run = promisify(execFile);
const infra = join(import.meta.dirname, '..');

type Project = { readonly name: string; readonly main: string };
type StackFile = { readonly config: Readonly<Record<string, unknown>> };

function read(...path: string[]): unknown {
  return parseYaml(readFileSync(join(infra, ...path), 'utf8'));
}

/** The stack's committed configuration as the command hands it on; what is secret there is not committed. */
function configuration(cloud: string, stack: string, { name }: Project): Record<string, string> {
  const { config } = read(cloud, `Pulumi.${stack}.yaml`) as StackFile;
  const secrets = [
    'postgresAdminPassword',
    'entryToken',
    'vpnSharedSecret',
    'redisCachePassword',
    'redisQueuePassword',
  ];
  const committed = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries([
    ...committed,
    ...secrets.map((key) => [`${name}:${key}`, 'e'.repeat(64)]),
  ]);
}

describe.each([
  ['gcp', 'gcp:container/cluster:Cluster'],
  ['aws', 'aws:eks/cluster:Cluster'],
])('the Pulumi project of %s', (cloud, cluster) => {
  it("runs under Pulumi's own language host and previews production from its committed configuration [R11]", async () => {
    const stack = 'production';
    const directory = join(infra, cloud);
    const project = read(cloud, 'Pulumi.yaml') as Project;
    await using engine = await startLocalEngine(directory);
    const host = join(directory, 'node_modules/@pulumi/pulumi/cmd/run/index.js');
    const options = {
      monitor: engine.address,
      engine: engine.address,
      organization: 'organization',
      project: project.name,
      stack,
      pwd: directory,
      'root-directory': directory,
      parallel: '16',
    };
    const flags = Object.entries(options).map(([flag, value]) => `--${flag}=${value}`);
    // Without stack traces: the SDK notes one for every promise.
    const node = ['--stack-trace-limit=0', host, '--dry-run'];
    await run(process.execPath, [...node, ...flags, join(directory, project.main)], {
      timeout: 110_000,
      env: {
        PATH: process.env['PATH'] ?? '',
        PULUMI_CONFIG: JSON.stringify(configuration(cloud, stack, project)),
      },
    });
    expect(engine.errors).toEqual([]);
    expect(engine.registered.map(({ type }) => type)).toContain(cluster);
    expect(engine.registered.length).toBeGreaterThan(200);
  }, 120_000);
});

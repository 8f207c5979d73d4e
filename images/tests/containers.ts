import { dockerAt, type Docker } from '../../ops/src/commands/images/docker.ts';
import { testLabel } from '../../ops/src/commands/images/prove-images.ts';
import { openStateFolder } from '../../ops/src/supervisor/state-folder.ts';
import { readOrMakeSecrets } from '../../ops/src/supervisor/secrets-file.ts';
import { requireFreePorts } from '../../ops/src/supervisor/free-ports.ts';
import { standGuard } from '../../ops/src/local/test-servers.ts';
import type { LocalServer } from '../../ops/src/local/postgres-process.ts';
import { startPostgres } from '../../ops/src/local/postgres-server.ts';
import { startRedis } from '../../ops/src/local/redis-server.ts';
import {
  deployables,
  developmentPlan,
  developmentSecrets,
  type DevelopmentPlan,
  type ProcessSpec,
} from '../../topology/src/development-plan.ts';
import { environmentPrefix, type Deployable } from '../../topology/src/model/index.ts';
import {
  imageCommand,
  imageName,
  migrationEntry,
  operationsImage,
  provisioningEntry,
} from '../../topology/src/image-names.ts';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Containers = {
  readonly plan: DevelopmentPlan;
  readonly docker: Docker;
  /** The name the engine knows a process by. */
  readonly container: (process: string) => string;
  /** The end of what a process printed. */
  readonly logs: (process: string) => Promise<string>;
  readonly stop: () => Promise<void>;
};

const edgePort = 8080;
/** Every container runs as the platform's pods do. */
const confined = [
  '--network=host',
  '--read-only',
  '--tmpfs=/tmp:mode=1777,size=64m',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
];

type Secrets = Readonly<Record<string, string>>;

/** The development plan on the first block of ports that is free. */
async function freePlan(secrets: Secrets): Promise<DevelopmentPlan> {
  const planAt = (port: number) =>
    developmentPlan({
      portOffset: port - edgePort,
      publicUrl: `http://localhost:${port}`,
      secret: (name) => String(secrets[name]),
    });
  for (let port = 21_000; port < 24_000; port += 300) {
    const plan = planAt(port);
    const wanted = [
      ...plan.processes,
      { name: 'postgres', port: plan.postgres.port },
      ...plan.redis,
    ];
    const isFree = await requireFreePorts(wanted).then(
      () => true,
      () => false,
    );
    if (isFree) return plan;
  }
  throw new Error('No block of free ports between 21000 and 24000');
}

function deployableOf(name: string): Deployable {
  const found = deployables.find((deployable) => deployable.name === name);
  if (found === undefined) throw new Error(`${name} is not in the topology`);
  return found;
}

/** The image a process of the plan is in. */
export function imageOf({ name }: ProcessSpec): string {
  return imageName(deployableOf(name));
}

async function startDataServers(
  plan: DevelopmentPlan,
  secrets: Secrets,
  stateFolder: string,
): Promise<readonly LocalServer[]> {
  const { port, adminPasswordSecret } = plan.postgres;
  const password = String(secrets[adminPasswordSecret]);
  return Promise.all([
    startPostgres({ stateFolder, port, password, durable: false }),
    ...plan.redis.map((redis) =>
      startRedis({
        ...redis,
        name: `redis-${redis.name}`,
        stateFolder,
        maxmemory: `${redis.maxmemoryMb}mb`,
      }),
    ),
  ]);
}

/** What provisioning reads: every schema with the passwords of both its roles. */
function provisioning(plan: DevelopmentPlan, secrets: Secrets): Record<string, string> {
  const { port, database, adminPasswordSecret, schemas } = plan.postgres;
  const roles = schemas.map((entry) => ({
    ...entry,
    ownerPassword: secrets[entry.ownerPasswordSecret],
    appPassword: secrets[entry.appPasswordSecret],
  }));
  return {
    PROVISION_ADMIN_URL: `postgres://postgres:${secrets[adminPasswordSecret]}@127.0.0.1:${port}/postgres`,
    PROVISION_DATABASE: database,
    PROVISION_SCHEMAS: JSON.stringify(roles),
  };
}

/**
 * The whole platform in containers of the built images, against real PostgreSQL and Redis on 127.0.0.1:
 * provisioned and migrated from the images too, confined as in the cluster. `tags` are the built images.
 */
export async function runPlatform(
  dockerHost: string | undefined,
  tags: Readonly<Record<string, string>>,
): Promise<Containers> {
  const docker = dockerAt(dockerHost);
  const stateFolder = mkdtempSync(join(tmpdir(), 'maxai-images-'));
  // Postgres runs under another account when root runs the tests.
  chmodSync(stateFolder, 0o711);
  const dismiss = standGuard(stateFolder);
  const secrets = readOrMakeSecrets(
    openStateFolder(stateFolder).file('secrets.json'),
    developmentSecrets,
  );
  const plan = await freePlan(secrets);
  const container = (process: string) => `maxai-images-${process}-${plan.postgres.port}`;
  const servers = await startDataServers(plan, secrets, stateFolder);

  async function run(
    name: string,
    image: string,
    options: readonly string[],
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<void> {
    const file = join(stateFolder, `${name}.env`);
    const lines = Object.entries(env).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    const flags = ['--name', container(name), '--env-file', file, ...confined, ...options];
    await docker.run(['run', ...flags, String(tags[image]), ...command]);
  }

  async function stop(): Promise<void> {
    const names = plan.processes.map(({ name }) => container(name));
    const left = await docker.run(['ps', '--all', '--format', '{{.Names}}']);
    const ours = names.filter((name) => left.split('\n').includes(name));
    if (ours.length > 0) await docker.run(['rm', '--force', ...ours]);
    await Promise.all(servers.map((server) => server.stop()));
    dismiss();
    rmSync(stateFolder, { recursive: true, force: true });
  }

  try {
    const once = ['--rm'];
    await run('provision', operationsImage, once, [provisioningEntry], provisioning(plan, secrets));
    for (const { service, url } of plan.migrations) {
      const variable = `${environmentPrefix(service)}_OWNER_DATABASE_URL`;
      await run(`migrate-${service}`, service, once, [migrationEntry(service)], {
        [variable]: url,
      });
    }
    for (const process of plan.processes) {
      const command = imageCommand(deployableOf(process.name));
      const { name, env, healthUrl } = process;
      const host = process.kind === 'web' ? 'HOSTNAME' : `${environmentPrefix(name)}_HOST`;
      await run(
        name,
        imageOf(process),
        ['--detach', '--label', testLabel],
        command === undefined ? [] : [command],
        { ...env, [host]: '127.0.0.1', MAXAI_HEALTH_URL: healthUrl },
      );
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const logs = (name: string) => docker.run(['logs', '--tail', '8', container(name)]);
  return { plan, docker, container, logs, stop };
}

/** How long a process may take to drain, by the model. */
export function drainSecondsOf(name: string): number {
  return deployableOf(name).probes.drainSeconds;
}

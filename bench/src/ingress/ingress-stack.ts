import { repositoryRoot } from '@maxai/ops/platform/environment';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import { createPlatform } from '@maxai/ops/platform/platform';
import { openStateFolder } from '@maxai/ops/supervisor/state-folder';
import { applyMigrations, provisionDatabase } from '@maxai/runtime/database';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalAgency, urlOf } from '../local-agency.ts';
import type { FloorOptions } from './floor-server.ts';
import type { LoadOptions } from './generate-load.ts';

export type Target = Pick<LoadOptions, 'origin' | 'path' | 'secret'>;

export type IngressStack = {
  /** What is measured, by name: the service first, then its floors. */
  readonly targets: Readonly<Record<TargetName, Target>>;
  close(): Promise<void>;
};

export const targetNames = ['webhook-ingress', 'floor, batching', 'floor, one by one'] as const;
export type TargetName = (typeof targetNames)[number];

const secret = 'key_sandbox_retell';
const statementsMax = 2;
const batchMax = 250;

async function startFloor(
  options: FloorOptions,
): Promise<{ origin: string; close(): Promise<void> }> {
  const child = fork(join(import.meta.dirname, 'floor/main.ts'), [JSON.stringify(options)], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [port] = await once(child, 'message');
  return {
    origin: `http://127.0.0.1:${String(port)}`,
    async close() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

/**
 * webhook-ingress and what it needs (iam, Postgres, both Redis), each as its own process with the settings of
 * production, and the floors, which write the same table of another database of the same, durable, Postgres.
 */
export async function startIngressStack(port: number): Promise<IngressStack> {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-bench-'));
  // Postgres runs under another account when root runs the benchmark.
  chmodSync(folder, 0o711);
  const state = openStateFolder(folder);
  const local = localPlatformOf({ MAXAI_PORT: String(port) }, state);
  const { plan, secrets } = local;
  const platform = createPlatform({
    ...local,
    root: repositoryRoot,
    state,
    only: ['webhook-ingress'],
    renderer: 'silent',
    seed: () => Promise.resolve(),
    report: () => undefined,
  });
  await platform.start();

  const password = encodeURIComponent(String(secrets[plan.postgres.adminPasswordSecret]));
  const server = `postgres://postgres:${password}@127.0.0.1:${plan.postgres.port}`;
  const isIngress = ({ schema }: { schema: string }) => schema === 'ingress';
  await provisionDatabase({
    adminUrl: `${server}/postgres`,
    database: 'floor',
    schemas: plan.postgres.schemas.filter(isIngress).map((roles) => ({
      ...roles,
      ownerPassword: String(secrets[roles.ownerPasswordSecret]),
      appPassword: String(secrets[roles.appPasswordSecret]),
    })),
  });
  for (const { schema, directory, url } of plan.migrations.filter(isIngress)) {
    const inFloor = new URL(url);
    inFloor.pathname = '/floor';
    await applyMigrations({
      url: inFloor.href,
      schema,
      directory: join(repositoryRoot, directory),
    });
  }
  const databaseUrl = `${server}/floor?options=-csearch_path%3Dingress`;
  const agency = await createLocalAgency(plan, secrets);
  const connectionId = await agency.connect({
    provider: 'retell',
    account: {},
    credentials: { apiKey: secret },
    webhookSecrets: [secret],
  });
  await agency.close();
  const batching = await startFloor({ databaseUrl, poolMax: 10, statementsMax, batchMax });
  const single = await startFloor({ databaseUrl, poolMax: 10, statementsMax: 10, batchMax: 1 });
  const path = `/webhooks/retell/${connectionId}`;
  return {
    targets: {
      'webhook-ingress': { origin: urlOf(plan, 'webhook-ingress'), path, secret },
      'floor, batching': { origin: batching.origin, path, secret },
      'floor, one by one': { origin: single.origin, path, secret },
    },
    async close() {
      await Promise.all([batching.close(), single.close()]);
      await platform.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

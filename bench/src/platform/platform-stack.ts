import { repositoryRoot } from '@maxai/ops/platform/environment';
import type { LocalPlan } from '@maxai/ops/platform/local-plan';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import { createPlatform } from '@maxai/ops/platform/platform';
import { openStateFolder, type StateFolder } from '@maxai/ops/supervisor/state-folder';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type PlatformStack = {
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  /** As people and providers know it. */
  readonly publicUrl: string;
  /** Where the edge listens. */
  readonly origin: string;
  close(): Promise<void>;
};

export type StackOptions = {
  readonly port: number;
  /** Prefixes the state folder's name. */
  readonly name: string;
  /** What differs from the development plan. */
  readonly change: (plan: LocalPlan) => LocalPlan;
  readonly report: (line: string) => void;
};

/** Sets one variable of one process of a plan. */
export function withVariable(
  plan: LocalPlan,
  process: string,
  variables: Readonly<Record<string, string>>,
): LocalPlan {
  const processes = plan.processes.map((spec) =>
    spec.name === process ? { ...spec, env: { ...spec.env, ...variables } } : spec,
  );
  return { ...plan, processes };
}

/** Without the web apps, which nothing here asks; the edge then waits for what is left only. */
export function withoutWebApps(plan: LocalPlan): LocalPlan {
  const processes = plan.processes.filter(({ kind }) => kind !== 'web');
  const names = new Set(processes.map(({ name }) => name));
  return {
    ...plan,
    processes: processes.map((spec) =>
      spec.kind === 'edge'
        ? {
            ...spec,
            dependsOn: spec.dependsOn.filter((name) => names.has(name)),
            // Its readiness asks the web apps as well.
            healthUrl: new URL('/livez', spec.healthUrl).href,
          }
        : spec,
    ),
  };
}

/** A platform of its own, each process with the settings of production, gone with its data when it closes. */
export async function startPlatformStack(options: StackOptions): Promise<PlatformStack> {
  const folder = mkdtempSync(join(tmpdir(), `maxai-${options.name}-`));
  // Postgres runs under another account when root runs this.
  chmodSync(folder, 0o711);
  const state = openStateFolder(folder);
  const local = localPlatformOf({ MAXAI_PORT: String(options.port) }, state);
  const plan = options.change(local.plan);
  const platform = createPlatform({
    ...local,
    plan,
    root: repositoryRoot,
    state,
    only: undefined,
    renderer: 'silent',
    seed: () => Promise.resolve(),
    report: options.report,
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    await platform.start();
  } catch (error) {
    remove();
    throw error;
  }
  return {
    state,
    plan,
    secrets: local.secrets,
    publicUrl: local.url,
    origin: `http://127.0.0.1:${options.port}`,
    async close() {
      await platform.stop();
      remove();
    },
  };
}

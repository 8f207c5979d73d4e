import type { ChaosSite } from '../run-chaos.ts';
import { repositoryRoot } from '@maxai/ops/platform/environment';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import type { LocalProcess } from '@maxai/ops/platform/local-plan';
import { prepareDatabase } from '@maxai/ops/platform/prepare-database';
import { spawnProcess } from '@maxai/ops/supervisor/spawn-process';
import type { StateFolder } from '@maxai/ops/supervisor/state-folder';
import { createSupervisor, type Supervised } from '@maxai/ops/supervisor/supervisor';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { chaosPlan } from '../chaos-plan.ts';
import type { Hosts } from './hosts.ts';

export type NetworkPlatform = ChaosSite & { close(): Promise<void> };

const databaseWaitMs = 60_000;

/**
 * The platform on three hosts, started on that of the services: the data servers and the outside world run on theirs,
 * reached by TCP at the addresses they have on one machine.
 */
export async function startNetworkPlatform(order: {
  readonly state: StateFolder;
  readonly port: number;
  /** What is not on a host of its own runs on this one. */
  readonly hosts: Partial<Pick<Hosts, 'data' | 'providers'>>;
  readonly report: (line: string) => void;
}): Promise<NetworkPlatform> {
  const { state, port, hosts, report } = order;
  const local = localPlatformOf({ MAXAI_PORT: String(port) }, state, { dataBy: 'tcp' });
  const plan = chaosPlan(local.plan);
  const supervisor = createSupervisor({ state, url: local.url, report });
  const close = () => supervisor.stopAll();

  function processOn(
    host: string | undefined,
    spec: Pick<LocalProcess, 'name' | 'port' | 'entry' | 'env' | 'dependsOn'> & {
      readonly healthUrl?: string;
    },
  ): Supervised {
    const program = [process.execPath, join(repositoryRoot, spec.entry)] as const;
    const [command, ...args] =
      host === undefined ? program : (['ip', 'netns', 'exec', host, ...program] as const);
    const logFile = state.log(spec.name);
    return {
      ...spec,
      logFile,
      stopSignal: 'SIGTERM',
      start: () =>
        Promise.resolve(
          spawnProcess({ command, args, cwd: repositoryRoot, env: spec.env, logFile }),
        ),
    };
  }

  const dataHost = processOn(hosts.data, {
    name: 'data-host',
    port: plan.postgres.port,
    entry: 'e2e/src/chaos/network/data-host/main.ts',
    env: { MAXAI_STATE: state.path, MAXAI_PORT: String(port) },
    dependsOn: [],
  });

  /** The port accepts before the database does. */
  async function prepare(): Promise<void> {
    const deadline = performance.now() + databaseWaitMs;
    for (;;) {
      try {
        await prepareDatabase(repositoryRoot, plan, local.secrets);
        return;
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await wait(250);
      }
    }
  }

  try {
    await supervisor.start(dataHost);
    await prepare();
    await Promise.all(
      plan.processes.map((spec) => {
        const host = spec.kind === 'sandbox' ? hosts.providers : undefined;
        const dependsOn = [...spec.dependsOn, dataHost.name];
        return supervisor.start(processOn(host, { ...spec, dependsOn }));
      }),
    );
    supervisor.declareReady();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    state,
    plan,
    secrets: local.secrets,
    publicUrl: local.url,
    origin: `http://127.0.0.1:${port}`,
    close,
  };
}

import { join } from 'node:path';
import { repositoryRoot } from '../../platform/environment.ts';
import type { LocalPlan, LocalProcess } from '../../platform/local-plan.ts';
import { spawnProcess } from '../../supervisor/spawn-process.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import type { Supervised, Supervisor } from '../../supervisor/supervisor.ts';
import { findProcess } from '../find-process.ts';
import { openServiceAddress, type ServiceAddress } from './service-address.ts';

export type Variables = Readonly<Record<string, string>>;

/** The platform's processes behind addresses that stay, one instance of each. */
export type Fleet = {
  /** Starts an instance with this environment beside the running one, hands its requests over, ends the old one. */
  readonly roll: (name: string, env: Variables) => Promise<void>;
  readonly stop: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Two generations are enough: the third takes the ports of the first. */
const generationPorts = [2000, 3000] as const;
const compileCache = 'compile-cache';

/** The variables of an instance that listens elsewhere than its address. */
function movedTo(port: number, spec: LocalProcess, env: Variables): Variables {
  const moved = Object.entries(env).map(([key, value]) => [
    key,
    key.endsWith('_PORT') && value === String(spec.port) ? String(port) : value,
  ]);
  return Object.fromEntries(moved) as Variables;
}

export function createFleet(given: {
  readonly supervisor: Supervisor;
  readonly state: StateFolder;
  readonly plan: LocalPlan;
}): Fleet {
  const { supervisor, state, plan } = given;
  const generations = new Map<string, number>();
  const addresses = new Map<string, ServiceAddress>();

  function supervisedOf(spec: LocalProcess, generation: number, env: Variables): Supervised {
    const port = spec.port + Number(generationPorts[generation % generationPorts.length]);
    const name = `${spec.name}.${generation}`;
    const logFile = state.log(name);
    return {
      name,
      port,
      healthUrl: spec.healthUrl.replace(`:${spec.port}`, `:${port}`),
      dependsOn: [],
      logFile,
      stopSignal: 'SIGTERM',
      start: () =>
        Promise.resolve(
          spawnProcess({
            command: process.execPath,
            args: [join(repositoryRoot, spec.entry)],
            cwd: repositoryRoot,
            env: { ...movedTo(port, spec, env), NODE_COMPILE_CACHE: state.file(compileCache) },
            logFile,
          }),
        ),
    };
  }

  return {
    async roll(name, env) {
      const spec = findProcess(plan, name);
      const before = generations.get(name);
      const generation = (before ?? -1) + 1;
      const supervised = supervisedOf(spec, generation, env);
      await supervisor.start(supervised).catch(async (error: unknown) => {
        await supervisor.stop(supervised.name);
        throw error;
      });
      generations.set(name, generation);
      const address = addresses.get(name);
      if (address === undefined) {
        addresses.set(name, await openServiceAddress(spec.port, supervised.port));
      } else await address.switchTo(supervised.port);
      if (before !== undefined) await supervisor.stop(`${name}.${before}`);
    },
    stop: (name) => supervisor.stop(`${name}.${generations.get(name)}`),
    async close() {
      await Promise.all([...addresses.values()].map((address) => address.close()));
    },
  };
}

import { listenBySocket } from './data-sockets.ts';
import type { LocalPlan } from './local-plan.ts';
import type { LocalServer } from '../local/postgres-process.ts';
import { startPostgres } from '../local/postgres-server.ts';
import { startRedis } from '../local/redis-server.ts';
import { archivingFor } from '../recovery/archiving.ts';
import { untilReleased } from '../recovery/postgres-hold.ts';
import type { Running } from '../supervisor/spawn-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import type { Supervised } from '../supervisor/supervisor.ts';

function asRunning(server: LocalServer): Running {
  const exited = server.exited.then(() => 'see its log');
  return { pid: server.pid, exited, stop: () => server.stop() };
}

export function postgresServer(
  plan: LocalPlan,
  state: StateFolder,
  secrets: Readonly<Record<string, string>>,
): Supervised {
  const { port, adminPasswordSecret } = plan.postgres;
  const password = String(secrets[adminPasswordSecret]);
  return {
    name: 'postgres',
    port,
    dependsOn: [],
    logFile: state.file('postgres.log'),
    stopSignal: 'SIGINT',
    start: async () => {
      await untilReleased(state);
      const archiving = archivingFor(state);
      const server = await startPostgres({
        stateFolder: state.path,
        port,
        password,
        durable: true,
        ...listenBySocket(state),
        ...archiving,
      });
      try {
        await archiving?.prepare(server, password);
      } catch (error) {
        await server.stop();
        throw error;
      }
      return asRunning(server);
    },
  };
}

export function redisServers(plan: LocalPlan, state: StateFolder): Supervised[] {
  return plan.redis.map((instance) => {
    const name = `redis-${instance.name}`;
    const { port, maxmemoryPolicy, appendOnly } = instance;
    const maxmemory = `${instance.maxmemoryMb}mb`;
    return {
      name,
      port,
      dependsOn: [],
      logFile: state.file(`${name}.log`),
      stopSignal: 'SIGTERM',
      start: async () =>
        asRunning(
          await startRedis({
            name,
            stateFolder: state.path,
            port,
            maxmemory,
            maxmemoryPolicy,
            appendOnly,
            ...listenBySocket(state),
          }),
        ),
    };
  });
}

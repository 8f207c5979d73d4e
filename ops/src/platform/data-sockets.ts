import { userInfo } from 'node:os';
import { serverAccount } from '../local/postgres-binaries.ts';
import { rootsFolder } from '../local/postgres-installation.ts';
import { dataFolder, dataPath } from '../local/postgres-server.ts';
import {
  makeSocketFolder,
  redisSocket,
  socketFolderOf,
  takesSockets,
} from '../local/socket-folder.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import type { LocalPlan } from './local-plan.ts';

/** Where the data servers of a state folder listen beside TCP; undefined where no socket can lie. */
export function dataSockets(state: StateFolder): string | undefined {
  const folder = socketFolderOf(dataPath(state.path, serverAccount(userInfo().uid), rootsFolder));
  return takesSockets(folder) ? folder : undefined;
}

/** The same, made first, as the settings of a server. */
export function listenBySocket(state: StateFolder): { readonly socketFolder?: string } {
  const socketFolder = dataSockets(state);
  if (socketFolder === undefined) return {};
  const account = serverAccount(userInfo().uid);
  // Makes room for the data, and so for what lies beside it.
  dataFolder(state.path, account, rootsFolder);
  makeSocketFolder(socketFolder, account);
  return { socketFolder };
}

/** The same address, with the socket that stands for its host and port. */
function withParameter(url: string, name: string, value: string): string {
  return `${url}?${name}=${encodeURIComponent(value)}`;
}

/** The processes reach PostgreSQL and Redis by sockets in the folder instead of TCP (decision 32). */
export function reachBySocket(plan: LocalPlan, folder: string): LocalPlan {
  const { postgres, redis } = plan;
  const databaseSuffix = `@127.0.0.1:${postgres.port}/${postgres.database}`;
  const socketOfRedis = new Map(
    redis.map(({ name, port }) => [
      `redis://127.0.0.1:${port}`,
      redisSocket(folder, `redis-${name}`),
    ]),
  );
  function reached(value: string): string {
    if (value.endsWith(databaseSuffix)) return withParameter(value, 'host', folder);
    const socket = socketOfRedis.get(value);
    return socket === undefined ? value : withParameter(value, 'path', socket);
  }
  const processes = plan.processes.map((process) => ({
    ...process,
    env: Object.fromEntries(
      Object.entries(process.env).map(([name, value]) => [name, reached(value)]),
    ),
  }));
  return { ...plan, processes };
}

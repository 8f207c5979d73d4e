import { postgresServer, redisServers } from '@maxai/ops/platform/data-servers';
import { stateFolderOf } from '@maxai/ops/platform/environment';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';

// The data servers of a plan by themselves, on the host this is started on, until SIGTERM.
const state = stateFolderOf(process.env);
const { plan, secrets } = localPlatformOf(process.env, state);
const servers = [...redisServers(plan, state), postgresServer(plan, state, secrets)];
const running = await Promise.all(servers.map((server) => server.start()));
process.once('SIGTERM', () => {
  void Promise.all(running.map((server) => server.stop(10_000))).then(() => process.exit(0));
});

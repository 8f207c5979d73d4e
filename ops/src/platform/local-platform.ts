import { developmentPlan, developmentSecrets } from '@maxai/topology/development-plan';
import { localObservability } from '@maxai/topology/local-observability';
import { localN8n } from '@maxai/topology/local-n8n';
import { hasN8n } from '../n8n/n8n-folder.ts';
import { isObserved } from '../observability/observed.ts';
import { CommandError } from '../supervisor/command-error.ts';
import { readOrMakeSecrets } from '../supervisor/secrets-file.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { dataSockets, reachBySocket } from './data-sockets.ts';
import type { Environment } from './environment.ts';
import type { LocalPlan } from './local-plan.ts';

const defaultPort = 8080;

/** Browsers and fetch refuse these whoever listens: the Fetch standard's port blocking, from 1024 on. */
const blockedPorts: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
  6679, 6697, 10080,
]);

/** Where the edge reads which version of a target gets which share of the requests. */
export function trafficFileOf(state: StateFolder): string {
  return state.file('traffic.json');
}

/** The edge follows the releases of this state folder; where that is, the topology cannot know. */
function followReleases(plan: LocalPlan, state: StateFolder): LocalPlan {
  const processes = plan.processes.map((process) =>
    process.kind === 'edge'
      ? { ...process, env: { ...process.env, EDGE_TRAFFIC_FILE: trafficFileOf(state) } }
      : process,
  );
  return { ...plan, processes };
}

/** Workflows run at the n8n of this machine instead of the sandbox's. */
function runWorkflowsHere(plan: LocalPlan, portOffset: number): LocalPlan {
  const url = `http://127.0.0.1:${localN8n(portOffset).port}`;
  const processes = plan.processes.map(({ env, ...process }) => ({
    ...process,
    env: Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, name.endsWith('_N8N_URL') ? url : value]),
    ),
  }));
  return { ...plan, processes };
}

function requireReachablePorts({ processes }: LocalPlan): void {
  const blocked = processes.find(({ port }) => blockedPorts.has(port));
  if (blocked === undefined) return;
  throw new RangeError(`${blocked.name} would get port ${blocked.port}, which browsers refuse`);
}

/**
 * Everything to start, from `MAXAI_PORT`, the topology and the secrets of the state folder. The processes reach their
 * data by sockets where those can lie, unless `dataBy` says `tcp`.
 */
export function localPlatformOf(
  env: Environment,
  state: StateFolder,
  { dataBy = 'socket' }: { readonly dataBy?: 'socket' | 'tcp' } = {},
): {
  plan: LocalPlan;
  secrets: Readonly<Record<string, string>>;
  url: string;
  portOffset: number;
} {
  const asked = env['MAXAI_PORT'] ?? String(defaultPort);
  const publicUrl = `http://localhost:${asked}`;
  const secrets = readOrMakeSecrets(state.file('secrets.json'), developmentSecrets);
  const portOffset = Number(asked) - defaultPort;
  try {
    const declared = developmentPlan({
      portOffset,
      publicUrl,
      secret: (name) => String(secrets[name]),
      ...(isObserved(state) && {
        tracesUrl: `http://127.0.0.1:${localObservability(portOffset).tracesPort}`,
      }),
    });
    const withN8n = hasN8n(state) ? runWorkflowsHere(declared, portOffset) : declared;
    const sockets = dataBy === 'socket' ? dataSockets(state) : undefined;
    const plan = sockets === undefined ? withN8n : reachBySocket(withN8n, sockets);
    requireReachablePorts(plan);
    return { plan: followReleases(plan, state), secrets, url: publicUrl, portOffset };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new CommandError(cause.message, 'start again, for example with MAXAI_PORT=9080', {
      cause,
    });
  }
}

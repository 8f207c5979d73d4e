import { developmentSecrets } from '@maxai/topology/development-plan';
import { platform } from '@maxai/topology/platform';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { repositoryRoot } from '../../platform/environment.ts';
import { localPlatformOf } from '../../platform/local-platform.ts';
import type { LocalPlan } from '../../platform/local-plan.ts';
import { postgresServer, redisServers } from '../../platform/data-servers.ts';
import { prepareDatabase } from '../../platform/prepare-database.ts';
import { requireFreePorts } from '../../supervisor/free-ports.ts';
import { readOrMakeSecrets } from '../../supervisor/secrets-file.ts';
import type { StateFolder } from '../../supervisor/state-folder.ts';
import { createSupervisor } from '../../supervisor/supervisor.ts';
import { requireRedisPasswords } from './data-passwords.ts';
import { createFleet, type Fleet } from './fleet.ts';
import type { SecretValues } from './rotation-environment.ts';

/** A copy of the platform whose processes can be exchanged one by one. */
export type BreachSite = {
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly old: SecretValues;
  /** A new value of every secret of the topology; the issuer's own is taken for issued anew. */
  readonly fresh: SecretValues;
  readonly fleet: Fleet;
  readonly stop: () => Promise<void>;
};

/** Rows of names: each is called by later rows only. */
export function callOrder(names: readonly string[]): readonly (readonly string[])[] {
  const backends = [...platform.services, ...platform.workers];
  const callsOf = (name: string): readonly string[] =>
    backends.find((backend) => backend.name === name)?.calls ?? [];
  const rows: string[][] = [];
  let left = [...names];
  while (left.length > 0) {
    const row = left.filter((name) => callsOf(name).every((callee) => !left.includes(callee)));
    if (row.length === 0) throw new Error(`${left.join(', ')} call each other`);
    rows.push(row);
    left = left.filter((name) => !row.includes(name));
  }
  return rows;
}

export async function startBreachSite(
  state: StateFolder,
  port: number,
  report: (line: string) => void,
): Promise<BreachSite> {
  const issuedAnew = developmentSecrets.map(({ name, kind }) => ({
    name,
    kind: kind === 'external' ? ('password' as const) : kind,
  }));
  // Made before the platform takes the value that every development platform has.
  readOrMakeSecrets(state.file('secrets.json'), issuedAnew);
  const { plan, secrets: old, url } = localPlatformOf({ MAXAI_PORT: String(port) }, state);
  const fresh = readOrMakeSecrets(state.file('secrets.next.json'), issuedAnew);
  const supervisor = createSupervisor({ state, url, report, timings: { startMs: 60_000 } });
  const servers = [...redisServers(plan, state), postgresServer(plan, state, old)];
  await requireFreePorts([...plan.processes, ...servers]);
  const fleet = createFleet({ supervisor, state, plan });
  const stop = async () => {
    await fleet.close();
    await supervisor.stopAll();
  };
  try {
    await Promise.all(servers.map((server) => supervisor.start(server)));
    await prepareDatabase(repositoryRoot, plan, old);
    await requireRedisPasswords({ plan, old, fresh });
  } catch (error) {
    await stop();
    throw error;
  }
  return { state, plan, old, fresh, fleet, stop };
}

/** Has iam's own program wrap every stored credential under the first of two keys. */
export async function rewrapCredentials(
  plan: LocalPlan,
  keys: readonly [string, string],
): Promise<void> {
  const owner = plan.migrations.find(({ schema }) => schema === 'iam');
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(repositoryRoot, 'services/iam/rewrap.ts')], {
    cwd: repositoryRoot,
    env: { PATH, HOME, IAM_OWNER_DATABASE_URL: owner?.url, IAM_ENCRYPTION_KEY: keys.join() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const said = await text(child.stderr);
  const [code] = await ended;
  if (code !== 0) throw new Error(`the stored credentials were not wrapped anew: ${said}`);
}

/** What the next start of anything reads; secrets that were not rotated stay. */
export function keepSecrets(state: StateFolder, old: SecretValues, fresh: SecretValues): void {
  const path = state.file('secrets.json');
  const kept = JSON.stringify({ ...old, ...fresh }, undefined, 2);
  writeFileSync(`${path}.new`, `${kept}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

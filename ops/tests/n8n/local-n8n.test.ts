import { until } from '@maxai/runtime/testing';
import { localN8n } from '@maxai/topology/local-n8n';
import { n8nVersion } from '@maxai/topology/n8n-variables';
import { EventEmitter } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { removeState } from '../../src/commands/platform/reset.ts';
import { upAttached } from '../../src/commands/platform/run-platform.ts';
import { hasN8n, n8nFolder } from '../../src/n8n/n8n-folder.ts';
import { localPlatformOf } from '../../src/platform/local-platform.ts';
import { prepareParts } from '../../src/platform/optional-parts.ts';
import { platformStatus } from '../../src/platform/platform-status.ts';
import type { StateFolder } from '../../src/supervisor/state-folder.ts';
import { newState, root } from '../fixtures/local-platform.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

type Call = {
  readonly command: string;
  readonly option: string;
  readonly input: { readonly mode?: number; readonly text?: string };
  readonly env: Readonly<Record<string, string>>;
};

// Below the range the system hands out; other platforms may run on this machine at the same time.
const publicPort = 25_000 + Math.floor(Math.random() * 6000);
let state: StateFolder;
let npmFolder: string;

/** npm as far as this needs it: what it installs is the program of the fixtures. */
function standInNpm(): void {
  npmFolder = state.file('npm');
  mkdirSync(npmFolder);
  const program = JSON.stringify(join(root, 'ops/tests/fixtures/n8n-program.ts'));
  writeFileSync(
    join(npmFolder, 'npm'),
    `#!/bin/sh
echo "$*" >> ${npmFolder}/calls
if [ -e ${npmFolder}/fail ]; then echo 'npm error ETARGET'; exit 1; fi
mkdir -p node_modules/n8n/bin
echo '{"version":"${n8nVersion}"}' > node_modules/n8n/package.json
echo 'require(${program})' > node_modules/n8n/bin/n8n
`,
  );
  chmodSync(join(npmFolder, 'npm'), 0o755);
  vi.stubEnv('PATH', [npmFolder, process.env['PATH']].join(delimiter));
}

function callsOf(): Call[] {
  const file = join(n8nFolder(state).home, 'calls.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  // The stand-in writes a call a line.
  return lines.map((line) => JSON.parse(line) as Call);
}

const commands = () => callsOf().map(({ command }) => command);
const local = () => localPlatformOf(process.env, state);

/** Starts the platform with its sandbox and n8n alone, and gives what stops it. */
async function start(): Promise<() => Promise<number>> {
  const signals = new EventEmitter();
  const running = upAttached(state, ['sandbox'], signals);
  await Promise.race([
    until(() => state.readSupervisor()?.state === 'ready' || undefined, 90_000),
    running,
  ]);
  return () => {
    signals.emit('SIGTERM');
    return running;
  };
}

beforeAll(() => {
  state = newState();
  vi.stubEnv('MAXAI_STATE', state.path);
  vi.stubEnv('MAXAI_PORT', String(publicPort));
  vi.spyOn(console, 'log').mockReturnValue();
  standInNpm();
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(state.path, { recursive: true });
});

describe('maxai up --with n8n', () => {
  test('says what npm says when it cannot be installed, and leaves it out', async () => {
    writeFileSync(join(npmFolder, 'fail'), '');
    await expect(prepareParts(['n8n'], process.env, state)).rejects.toThrow(
      `npm could not install n8n ${n8nVersion}:\nnpm error ETARGET`,
    );
    expect(hasN8n(state)).toBe(false);
    rmSync(join(npmFolder, 'fail'));
  });

  test('installs the version of the clouds once, beside the data', async () => {
    const before = local().plan.processes.flatMap(({ env }) => env['ORCHESTRATOR_N8N_URL'] ?? []);
    expect(before).toEqual([`http://127.0.0.1:${publicPort - 8080 + 4100}/n8n`]);
    await prepareParts(['n8n'], process.env, state);
    await prepareParts(['n8n'], process.env, state);
    const calls = readFileSync(join(npmFolder, 'calls'), 'utf8').trim().split('\n');
    expect(calls).toHaveLength(2);
    expect(calls[1]).toContain(`install n8n@${n8nVersion} --save-exact --ignore-scripts`);
    expect(hasN8n(state)).toBe(true);
    const { port } = localN8n(publicPort - 8080);
    const after = local().plan.processes.flatMap(({ env }) => env['ORCHESTRATOR_N8N_URL'] ?? []);
    expect(after).toEqual([`http://127.0.0.1:${port}`]);
  });

  test('runs on loopback with its own database and keys, telling nobody, a workflow published [R32]', async () => {
    const stop = await start();
    const { secrets, plan } = local();
    const status = await platformStatus(state);
    expect(status.processes.find(({ name }) => name === 'n8n')).toMatchObject({
      port: localN8n(publicPort - 8080).port,
      state: 'running',
      healthy: true,
    });
    expect(commands()).toEqual([
      'import:credentials',
      'import:workflow',
      'publish:workflow',
      'start',
    ]);
    const [credentials, workflows, publish, started] = callsOf();
    expect(credentials?.input.mode).toBe(0o600);
    expect(JSON.parse(String(credentials?.input.text))).toMatchObject([
      { type: 'crypto', data: { hmacSecret: secrets['n8n-signing-key'] } },
    ]);
    expect(workflows?.input.text).not.toContain(secrets['n8n-signing-key']);
    const [workflow] = JSON.parse(String(workflows?.input.text)) as { id: string }[];
    expect(publish?.option).toBe(`--id=${workflow?.id}`);
    expect(existsSync(join(n8nFolder(state).home, 'import.json'))).toBe(false);
    expect(started?.env).toMatchObject({
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_ENCRYPTION_KEY: secrets['n8n-encryption-key'],
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_DATABASE: 'n8n',
    });
    expect(Object.values(started?.env ?? {})).not.toContain(secrets['iam-encryption-key']);

    const open = async (database: string) => {
      const password = encodeURIComponent(String(secrets['n8n-database-password']));
      const at = `127.0.0.1:${plan.postgres.port}/${database}`;
      const client = new Client({ connectionString: `postgres://n8n:${password}@${at}` });
      try {
        await client.connect();
        await client.query('create table if not exists mine (id text)');
        return 'its own';
      } catch (error) {
        return String(error);
      } finally {
        await client.end();
      }
    };
    expect(await open('n8n')).toBe('its own');
    expect(await open(plan.postgres.database)).toContain('permission denied for database');
    expect(await stop()).toBe(0);
  });

  test('publishes again only what has changed', async () => {
    await (
      await start()
    )();
    expect(commands().slice(4)).toEqual(['start']);
  });

  test('says what n8n says when it cannot publish', async () => {
    const { home, published } = n8nFolder(state);
    rmSync(published);
    writeFileSync(join(home, 'fail'), '');
    await expect(start()).rejects.toThrow(/n8n import:credentials failed[^]*n8n is told to fail/);
    expect(existsSync(join(home, 'import.json'))).toBe(false);
  });

  test('is gone with the data after a reset, its program kept', async () => {
    await removeState(state);
    expect(hasN8n(state)).toBe(false);
    expect(existsSync(n8nFolder(state).program)).toBe(true);
  });
});

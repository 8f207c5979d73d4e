import { provisionDatabase } from '@maxai/runtime/database';
import { n8nDatabase } from '@maxai/topology/n8n-variables';
import { waitUntil } from '../supervisor/probe.ts';
import { spawnProcess, type Running } from '../supervisor/spawn-process.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import type { Supervised } from '../supervisor/supervisor.ts';
import { echoPath } from './echo-workflow.ts';
import { installN8n, n8nEntry } from './install-n8n.ts';
import { n8nEnvironment, type N8nOptions } from './n8n-environment.ts';
import { markN8n, n8nFolder } from './n8n-folder.ts';
import { publishWorkflows } from './publish-workflows.ts';

/** From now on n8n is part of the platform of this state folder. Throws when it cannot be installed. */
export function enableN8n(state: StateFolder, report: (line: string) => void): void {
  installN8n(state, report);
  markN8n(state);
}

/** A database in the platform's PostgreSQL that only its own role opens, and which opens no other. */
async function provision({ plan, secrets }: N8nOptions): Promise<void> {
  const { port, database, adminPasswordSecret } = plan.postgres;
  const admin = encodeURIComponent(String(secrets[adminPasswordSecret]));
  await provisionDatabase({
    adminUrl: `postgres://postgres:${admin}@127.0.0.1:${port}/postgres`,
    database,
    schemas: [],
    owned: [{ ...n8nDatabase, password: String(secrets['n8n-database-password']) }],
  });
}

const publishedMs = 120_000;

/** n8n is ready before its workflows are; it tells browsers what may be asked of a webhook once it has it. */
async function isPublished(webhook: string): Promise<boolean> {
  const headers = { origin: webhook, 'access-control-request-method': 'POST' };
  const answer = await fetch(webhook, { method: 'OPTIONS', headers }).catch(() => undefined);
  return answer?.ok === true;
}

async function untilPublished(running: Running, port: number): Promise<void> {
  const webhook = `http://127.0.0.1:${port}/webhook/${echoPath}`;
  const ended = new AbortController();
  void running.exited.then(() => ended.abort());
  await waitUntil(() => isPublished(webhook), publishedMs, ended.signal);
}

/** n8n beside the platform; its first start makes its tables and publishes a workflow. */
export function n8nServer(state: StateFolder, options: N8nOptions): Supervised {
  const folder = n8nFolder(state);
  const logFile = state.log('n8n');
  const entry = n8nEntry(state);
  const { port } = options.ports;
  return {
    name: 'n8n',
    port,
    // Of its database too; `/healthz` tells of the process alone.
    healthUrl: `http://127.0.0.1:${port}/healthz/readiness`,
    logFile,
    dependsOn: ['postgres'],
    stopSignal: 'SIGTERM',
    start: async () => {
      const env = n8nEnvironment(folder.home, options);
      await provision(options);
      await publishWorkflows(
        folder,
        { entry, env: { PATH: String(process.env['PATH']), ...env }, logFile },
        String(options.secrets['n8n-signing-key']),
      );
      const running = spawnProcess({
        command: process.execPath,
        args: [entry, 'start'],
        cwd: folder.home,
        env,
        logFile,
      });
      await untilPublished(running, port);
      return running;
    },
  };
}

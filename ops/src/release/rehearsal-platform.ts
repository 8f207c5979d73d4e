import { listen } from '@maxai/runtime/http';
import { createLogger, createMetrics } from '@maxai/runtime/telemetry';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEdge } from '../edge/create-edge.ts';
import { loadEdgeConfig } from '../edge/config.ts';
import { freePort } from '../local/ports.ts';
import { repositoryRoot } from '../platform/environment.ts';
import type { LocalProcess } from '../platform/local-plan.ts';
import { localPlatformOf } from '../platform/local-platform.ts';
import { createPlatform } from '../platform/platform.ts';
import { openStateFolder, type StateFolder } from '../supervisor/state-folder.ts';

export type RehearsalPlatform = {
  readonly state: StateFolder;
  readonly url: string;
  readonly process: LocalProcess;
  readonly stop: () => Promise<void>;
};

/** A platform of its own for a rehearsal: the service, what it needs and an edge; gone when it stops. */
export async function startRehearsalPlatform(
  service: string,
  report: (line: string) => void,
): Promise<RehearsalPlatform> {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-rehearsal-'));
  const state = openStateFolder(folder);
  const local = localPlatformOf({ MAXAI_PORT: String(await freeBase()) }, state);
  const platform = createPlatform({
    ...local,
    root: repositoryRoot,
    state,
    only: [service],
    seed: () => Promise.resolve(),
    report,
    renderer: 'silent',
  });
  const named = (name: string) => local.plan.processes.find((candidate) => candidate.name === name);
  const process = named(service);
  const edgeProcess = named('edge');
  if (process === undefined || edgeProcess === undefined) {
    throw new Error(`the plan has no ${service}`);
  }
  try {
    await platform.start();
    const config = loadEdgeConfig(edgeProcess.env);
    const logger = createLogger({ service: 'edge', version: 'rehearsal', level: 'silent' });
    const edge = await createEdge(config, { logger, metrics: createMetrics('edge') });
    const url = await listen(edge, { host: '127.0.0.1', port: config.port });
    return {
      state,
      url,
      process,
      async stop() {
        await edge.close();
        await platform.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/** Every inner port moves with the edge's: one whose neighbours are free, far from the usual ones. */
async function freeBase(): Promise<number> {
  const free = await freePort();
  return 12_000 + (free % 40) * 500;
}

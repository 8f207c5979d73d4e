import type { LocalPlan, LocalProcess } from './local-plan.ts';
import { join } from 'node:path';
import { requireFreePorts } from '../supervisor/free-ports.ts';
import { clearLeftovers } from '../supervisor/leftovers.ts';
import { spawnProcess } from '../supervisor/spawn-process.ts';
import { claimState } from '../supervisor/state-claim.ts';
import type { StateFolder } from '../supervisor/state-folder.ts';
import { createSupervisor, type Supervised, type Timings } from '../supervisor/supervisor.ts';
import { buildWebApp, isBuilt } from './web-build.ts';
import { postgresServer, redisServers } from './data-servers.ts';
import { prepareDatabase } from './prepare-database.ts';
import { nicenessOf } from './processor-share.ts';
import { runSteps, type Step } from './progress.ts';
import { selectProcesses } from './selected-processes.ts';

export type PlatformOptions = {
  /** The checkout: entries and migrations of the plan are relative to it. */
  readonly root: string;
  readonly state: StateFolder;
  readonly plan: LocalPlan;
  readonly secrets: Readonly<Record<string, string>>;
  readonly url: string;
  readonly only: readonly string[] | undefined;
  /** What watches it, and n8n; started before the processes and not chosen by `only`. */
  readonly companions?: readonly Supervised[];
  /** Runs once everything is healthy; decides by itself whether there is something to do. */
  readonly seed: () => Promise<unknown>;
  /** Receives what happens after the start: deaths, restarts, crash loops. */
  readonly report: (line: string) => void;
  readonly renderer: 'default' | 'silent';
  readonly timings?: Partial<Timings>;
};

export type Platform = {
  /** Resolves when every process is healthy. When it rejects, nothing is left running. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Raised when the stop begins, so that an interrupted start can be told from a failed one. */
  readonly stopping: AbortSignal;
};

/** The whole platform on this machine: data servers, migrations, web builds, every process, the demo data. */
export function createPlatform(options: PlatformOptions): Platform {
  const { root, state, plan, secrets, companions = [] } = options;
  const supervisor = createSupervisor(options);
  const redis = redisServers(plan, state);
  const postgres = postgresServer(plan, state, secrets);
  const dataServers = [...redis, postgres];
  /** Stopped after the processes: what they have still to write and to tell has somewhere to go. */
  const lastNames = [...dataServers, ...companions].map(({ name }) => name);
  const processes = selectProcesses(plan, options.only);
  const releaseClaim = claimState(state);
  // Holds stripped TypeScript too: a process that finds all of it there never loads the stripper.
  const compileCache = state.file('compile-cache');
  let stopped: Promise<void> | undefined;

  function supervisedOf(spec: LocalProcess): Supervised {
    const { name, port, healthUrl, env } = spec;
    const logFile = state.log(name);
    return {
      name,
      port,
      healthUrl,
      logFile,
      dependsOn: [...spec.dependsOn, ...lastNames],
      stopSignal: 'SIGTERM',
      start: async () =>
        Promise.resolve(
          spawnProcess({
            command: process.execPath,
            args: [join(root, spec.entry)],
            cwd: root,
            env: { ...env, NODE_COMPILE_CACHE: compileCache },
            logFile,
            niceness: nicenessOf(spec),
          }),
        ),
    };
  }

  function webBuildStep({ name }: LocalProcess): Step {
    const build = { root, app: name, logFile: state.log(`build-${name}`) };
    return {
      title: `Build ${name}`,
      skip: () => isBuilt(build) && `${name} is built from these sources`,
      run: () => buildWebApp(build, supervisor.stopping, options.report),
    };
  }

  async function startDataServers(): Promise<void> {
    // Redis first: when it has to be installed and cannot be, nothing else was started for it.
    await Promise.all(redis.map((server) => supervisor.start(server)));
    await supervisor.start(postgres);
  }

  const steps: Step[] = [
    {
      title: 'Check ports',
      run: () => requireFreePorts([...processes, ...dataServers, ...companions]),
    },
    {
      title: 'Prepare',
      concurrent: true,
      steps: [
        {
          title: 'Data',
          concurrent: false,
          steps: [
            { title: 'Start Redis and PostgreSQL', run: startDataServers },
            { title: 'Apply migrations', run: () => prepareDatabase(root, plan, secrets) },
          ],
        },
        {
          title: 'Web apps',
          concurrent: false,
          steps: processes.filter(({ kind }) => kind === 'web').map(webBuildStep),
        },
      ],
    },
    ...(companions.length > 0
      ? [
          {
            title: 'Start what runs beside it',
            concurrent: true,
            steps: companions.map((companion) => ({
              title: companion.name,
              run: () => supervisor.start(companion),
            })),
          },
        ]
      : []),
    {
      title: 'Start processes',
      concurrent: true,
      // All at once, as a cluster does: each waits for what it needs, and its health says for what.
      steps: processes.map((spec) => ({
        title: spec.name,
        run: () => supervisor.start(supervisedOf(spec)),
      })),
    },
    { title: 'Demo data', run: options.seed },
  ];

  function stop(): Promise<void> {
    stopped ??= supervisor.stopAll().finally(releaseClaim);
    return stopped;
  }

  return {
    stopping: supervisor.stopping,
    stop,
    async start() {
      try {
        const left = await clearLeftovers(state);
        if (left.length > 0) options.report(`Ended what was left running: ${left.join(', ')}`);
        await runSteps(steps, options.renderer);
        supervisor.stopping.throwIfAborted();
        options.report(`MaxAI is ready: ${options.url}`);
        supervisor.declareReady();
      } catch (error) {
        await stop();
        throw error;
      }
    },
  };
}

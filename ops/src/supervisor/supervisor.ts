import { setTimeout } from 'node:timers/promises';
import { CommandError } from './command-error.ts';
import { boundLog, lastLines } from './log-file.ts';
import { healthAnswer, isHealthy, waitUntil, type Probe } from './probe.ts';
import { processRef } from './process-table.ts';
import type { Running } from './spawn-process.ts';
import type { ChildRecord, ChildState, StateFolder } from './state-folder.ts';

/** One process as the supervisor knows it: how to start it, and how to tell that it works. */
export type Supervised = Probe & {
  readonly name: string;
  /** Names that are stopped only after this one. */
  readonly dependsOn: readonly string[];
  readonly logFile: string;
  /** What ends it when its supervisor is gone. */
  readonly stopSignal: NodeJS.Signals;
  readonly start: () => Promise<Running>;
};

export type Timings = {
  readonly startMs: number;
  readonly stopMs: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
};

const defaultTimings: Timings = {
  startMs: 120_000,
  stopMs: 10_000,
  backoffMs: 250,
  backoffMaxMs: 10_000,
};

const crashLoop = { deaths: 5, windowMs: 60_000 };

type Child = {
  readonly spec: Supervised;
  running: Running;
  state: ChildState;
  restarts: number;
  /** When it died, within the crash-loop window. */
  deaths: number[];
  /** Its end is wanted: nobody starts it again. */
  retired: boolean;
};

export type Supervisor = {
  /** Starts it and resolves when it is healthy; one that dies or stays unhealthy is a {@link CommandError}. */
  start(spec: Supervised): Promise<void>;
  /** Stops one process for good; one that is not there is stopped already. */
  stop(name: string): Promise<void>;
  /** Stops everything, dependants first, and resolves when no process is left. */
  stopAll(): Promise<void>;
  /** The whole platform is up; from now on the record says so. */
  declareReady(): void;
  /** Raised by {@link Supervisor.stopAll}. */
  readonly stopping: AbortSignal;
};

/** Starts, watches, restarts and stops processes, and keeps the record of them in the state folder. */
export function createSupervisor(options: {
  readonly state: StateFolder;
  readonly url: string;
  readonly report: (line: string) => void;
  readonly timings?: Partial<Timings>;
}): Supervisor {
  const { state, report } = options;
  const timings = { ...defaultTimings, ...options.timings };
  const children = new Map<string, Child>();
  const launches = new Set<Promise<unknown>>();
  const stopRequest = new AbortController();
  const stopping = stopRequest.signal;
  const self = processRef(process.pid);
  let phase: 'starting' | 'ready' | 'stopping' = 'starting';

  function recordOf({ spec, running, state: childState, restarts }: Child): ChildRecord {
    return {
      ...processRef(running.pid),
      name: spec.name,
      port: spec.port,
      ...(spec.healthUrl !== undefined && { healthUrl: spec.healthUrl }),
      logFile: spec.logFile,
      stopSignal: spec.stopSignal,
      state: childState,
      restarts,
    };
  }

  function save(): void {
    state.writeSupervisor({
      ...self,
      state: phase,
      url: options.url,
      children: [...children.values()].map(recordOf),
    });
  }

  function failure({ name, logFile }: Supervised, what: string): CommandError {
    const tail = lastLines(logFile, 20);
    return new CommandError(
      `${name} ${what}. The end of its log:\n\n${tail}\n`,
      `mend what the log says (all of it: ${logFile}), then start again`,
    );
  }

  /** A launch that ends after the stop was requested is undone before anybody hears of it. */
  async function launch(spec: Supervised): Promise<Running> {
    stopping.throwIfAborted();
    const launching = spec.start().then(async (running) => {
      if (!stopping.aborted) return running;
      await running.stop(timings.stopMs);
      throw stopping.reason;
    });
    launches.add(launching);
    try {
      return await launching;
    } finally {
      launches.delete(launching);
    }
  }

  async function outcomeOf(
    spec: Supervised,
    running: Running,
  ): Promise<'healthy' | 'late' | { ended: string }> {
    let ended: string | undefined;
    const watching = async () => {
      ended = await running.exited;
    };
    void watching();
    const settled = async () => ended !== undefined || (await isHealthy(spec));
    const inTime = await waitUntil(settled, timings.startMs, stopping);
    if (ended !== undefined) return { ended };
    return inTime ? 'healthy' : 'late';
  }

  function noteDeath(child: Child, how: string): void {
    const { name } = child.spec;
    const now = Date.now();
    child.deaths = [...child.deaths.filter((at) => at > now - crashLoop.windowMs), now];
    child.state = child.deaths.length < crashLoop.deaths ? 'restarting' : 'crash-loop';
    save();
    report(`${name} died (${how}), starting it again`);
    if (child.state === 'crash-loop') {
      const times = `keeps dying, ${child.deaths.length} times within a minute`;
      report(failure(child.spec, times).message);
    }
  }

  async function declareHealthy(child: Child): Promise<void> {
    const { running } = child;
    if ((await outcomeOf(child.spec, running)) !== 'healthy') return;
    child.state = 'running';
    save();
  }

  async function revive(child: Child): Promise<void> {
    const backoffMs = timings.backoffMs * 2 ** (child.deaths.length - 1);
    await setTimeout(Math.min(backoffMs, timings.backoffMaxMs), undefined, { signal: stopping });
    if (child.retired) return;
    child.restarts += 1;
    const running = await launch(child.spec);
    child.running = running;
    save();
    void declareHealthy(child);
  }

  /** Until the platform stops, every death is answered with a new start; a start that fails is a death as well. */
  async function keepAlive(child: Child): Promise<void> {
    let how = await child.running.exited;
    while (!stopping.aborted && !child.retired) {
      noteDeath(child, how);
      try {
        await revive(child);
        how = await child.running.exited;
      } catch (error) {
        how = String(error);
      }
    }
  }

  async function stopChild(child: Child): Promise<void> {
    await child.running.stop(timings.stopMs);
    children.delete(child.spec.name);
    save();
  }

  const logWatch = setInterval(() => {
    for (const { spec } of children.values()) boundLog(spec.logFile);
  }, 5000).unref();

  return {
    stopping,
    async start(spec) {
      const running = await launch(spec);
      const child: Child = {
        spec,
        running,
        state: 'starting',
        restarts: 0,
        deaths: [],
        retired: false,
      };
      children.set(spec.name, child);
      save();
      const outcome = await outcomeOf(spec, running);
      stopping.throwIfAborted();
      if (outcome === 'late') {
        const answer = await healthAnswer(spec);
        throw failure(spec, `was not healthy after ${timings.startMs / 1000} s: ${answer}`);
      }
      if (outcome !== 'healthy') throw failure(spec, `stopped while starting (${outcome.ended})`);
      child.state = 'running';
      save();
      void keepAlive(child);
    },
    async stop(name) {
      const child = children.get(name);
      if (child === undefined) return;
      child.retired = true;
      await stopChild(child);
    },
    async stopAll() {
      phase = 'stopping';
      stopRequest.abort();
      clearInterval(logWatch);
      await Promise.allSettled(launches);
      while (children.size > 0) {
        const left = [...children.values()];
        const needed = new Set(left.flatMap(({ spec }) => spec.dependsOn));
        await Promise.all(left.filter(({ spec }) => !needed.has(spec.name)).map(stopChild));
      }
      state.forgetSupervisor();
    },
    declareReady() {
      phase = 'ready';
      save();
    },
  };
}

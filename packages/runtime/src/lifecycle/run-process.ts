/** What a process offers its lifecycle: stop taking work, finish what was taken, let go of connections. */
export type RunningProcess = {
  /** From here on `/health` answers 503, so that the load balancer looks elsewhere. */
  readonly beginDrain: () => void;
  /** Finishes requests and jobs under way, then closes servers and pools. */
  readonly close: () => Promise<void>;
};

type Host = Pick<NodeJS.Process, 'once' | 'exit'> & {
  stderr: { write: (text: string) => unknown };
};

/**
 * Runs a process to its end. SIGTERM or SIGINT: fail readiness, wait `drainDelayMs` for the load balancer to
 * notice, close, exit 0. A start that fails, or a close that takes longer than `closeTimeoutMs`, exits 1.
 */
export async function runProcess(options: {
  name: string;
  start: () => Promise<RunningProcess>;
  drainDelayMs?: number;
  closeTimeoutMs?: number;
  host?: Host;
}): Promise<void> {
  const host = options.host ?? process;
  const fail = (what: string, error: unknown) => {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    host.stderr.write(`${options.name} ${what}: ${reason}\n`);
    host.exit(1);
  };
  try {
    const running = await options.start();
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      running.beginDrain();
      setTimeout(() => {
        const late = setTimeout(
          () =>
            fail('did not stop in time', `still busy after ${options.closeTimeoutMs ?? 20_000} ms`),
          options.closeTimeoutMs ?? 20_000,
        );
        running.close().then(
          () => {
            clearTimeout(late);
            host.exit(0);
          },
          (error: unknown) => fail('failed while stopping', error),
        );
      }, options.drainDelayMs ?? 0);
    };
    host.once('SIGTERM', stop);
    host.once('SIGINT', stop);
  } catch (error) {
    fail('could not start', error);
  }
}

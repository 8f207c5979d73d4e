import { setTimeout } from 'node:timers/promises';
import { redactText } from '../telemetry/redact-text.ts';
import { flushSpans } from '../telemetry/spans.ts';

/** What a process offers its lifecycle: stop taking work, finish what was taken, let go of connections. */
export type RunningProcess = {
  /** From here on `/health` answers 503, so that the load balancer looks elsewhere. */
  readonly beginDrain: () => void;
  /** Finishes requests and jobs under way, then closes servers and pools. */
  readonly close: () => Promise<void>;
};

/** How long closing may take before the process gives up; whoever kills it must wait longer. */
export const closeTimeoutMs = 20_000;

/** Within the time that whoever kills a process leaves it on top of closing. */
const flushTimeoutMs = 2000;

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
    const reason = error instanceof Error ? error.stack : String(error);
    host.stderr.write(`${options.name} ${what}: ${redactText(String(reason))}\n`);
    host.exit(1);
  };
  try {
    const running = await options.start();
    let stopping = false;
    const timeoutMs = options.closeTimeoutMs ?? closeTimeoutMs;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      running.beginDrain();
      await setTimeout(options.drainDelayMs ?? 0);
      const late = setTimeout(timeoutMs, 'late', { ref: false });
      const outcome = await Promise.race([running.close(), late]);
      await flushSpans(flushTimeoutMs);
      if (outcome === 'late') throw new Error(`still busy after ${timeoutMs} ms`);
      host.exit(0);
    };
    const onSignal = () => {
      stop().catch((error: unknown) => fail('did not stop cleanly', error));
    };
    host.once('SIGTERM', onSignal);
    host.once('SIGINT', onSignal);
  } catch (error) {
    fail('could not start', error);
  }
}

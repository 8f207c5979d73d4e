import type { Platform } from '../model/index.ts';

/** One step of a trace: what arrived at each service from this minute on. */
export type TraceStep = {
  /** From the beginning of the trace. */
  readonly minute: number;
  readonly service: string;
  readonly requestsPerSecond: number;
};

export type TrafficTrace = {
  readonly steps: readonly TraceStep[];
  /** Minutes at which a version of every service was released. */
  readonly releases: readonly number[];
  readonly minutes: number;
};

/** A trace that cannot be read, with the line and what is expected there. */
export class TraceError extends Error {
  constructor(line: number, problem: string) {
    super(
      `Line ${line} of the trace: ${problem}. A line is minute,service,requests_per_second or minute,release`,
    );
    this.name = 'TraceError';
  }
}

/** A trace is kept in memory minute by minute: a month of 31 days at most. */
const minutesMax = 31 * 24 * 60;

function readStep(text: string, line: number, names: ReadonlySet<string>): TraceStep | number {
  const [minute = '', service = '', rate, ...more] = text.split(',').map((cell) => cell.trim());
  if (!/^\d+$/.test(minute)) throw new TraceError(line, `"${minute}" is no minute`);
  if (Number(minute) >= minutesMax) {
    throw new TraceError(line, `minute ${minute} is beyond the ${minutesMax} of a month`);
  }
  if (service === 'release' && rate === undefined) return Number(minute);
  if (!names.has(service)) throw new TraceError(line, `the platform has no service "${service}"`);
  const requestsPerSecond = Number(rate);
  if (
    rate === undefined ||
    rate === '' ||
    more.length > 0 ||
    !(requestsPerSecond >= 0 && requestsPerSecond < 1e6)
  ) {
    throw new TraceError(line, `"${rate ?? ''}" is no rate between 0 and 1000000`);
  }
  return { minute: Number(minute), service, requestsPerSecond };
}

/** Reads a trace of comma-separated lines; the first line and empty ones may hold anything. */
export function readTrace(text: string, { services }: Platform): TrafficTrace {
  const names = new Set<string>(services.map(({ name }) => name));
  const read = text
    .split('\n')
    .map((content, index) => ({ content: content.trim(), line: index + 1 }))
    .slice(1)
    .filter(({ content }) => content !== '' && !content.startsWith('#'))
    .map(({ content, line }) => readStep(content, line, names));
  const steps = read.filter((one) => typeof one === 'object');
  const ordered = steps.toSorted((a, b) => a.minute - b.minute);
  const last = ordered.at(-1);
  if (last === undefined) throw new TraceError(2, 'there is nothing to simulate');
  return {
    steps: ordered,
    releases: read.filter((one) => typeof one === 'number'),
    minutes: last.minute + 1,
  };
}

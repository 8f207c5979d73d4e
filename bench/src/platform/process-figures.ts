import type { RestingSample } from './measure-growth.ts';
import type { ProcessSample } from './sample-processes.ts';

export type ProcessFigures = {
  readonly name: string;
  readonly startMb: number;
  readonly middleMb: number;
  readonly endMb: number;
  /** What it needed at rest, at last; null where that was not measured. */
  readonly neededMb: number | null;
  /** By least squares through what it needed at rest, for each minute of load between; null where not measured. */
  readonly mbPerMinute: number | null;
  /** Of one core. */
  readonly cpuShare: number;
  /** Processor time for each request it answered, whatever else it did meanwhile; null of one that answers none. */
  readonly cpuMsPerRequest: number | null;
};

type Point = { readonly x: number; readonly y: number };

/** The slope of the line with the least squares; 0 of fewer than two points. */
export function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const meanX = mean(({ x }) => x);
  const meanY = mean(({ y }) => y);
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) return 0;
  return points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

/** Start, middle, end, growth and load of each process, from samples taken over a run. */
export function figuresOf(
  samples: readonly Readonly<Record<string, ProcessSample>>[],
  requests: Readonly<Record<string, number>> = {},
  resting: readonly RestingSample[] = [],
): ProcessFigures[] {
  return Object.entries(samples[0] ?? {}).map(([name, first]) => {
    // One that is missing had just ended.
    const own = samples.map((sample) => sample[name] ?? first);
    const half = Math.floor(own.length / 2);
    const [middle, last] = [own[half], own.at(-1)].map((sample) => sample ?? first);
    const lastedMs = Number(last?.atMs) - first.atMs;
    const cpuMs = (Number(last?.cpuSeconds) - first.cpuSeconds) * 1000;
    const answered = requests[name] ?? 0;
    const needed = resting.flatMap(({ loadedMinutes, mb }) =>
      mb[name] === undefined ? [] : [{ x: loadedMinutes, y: mb[name] }],
    );
    return {
      name,
      startMb: first.residentMb,
      middleMb: Number(middle?.residentMb),
      endMb: Number(last?.residentMb),
      neededMb: needed.at(-1)?.y ?? null,
      mbPerMinute: needed.length === 0 ? null : slope(needed),
      cpuShare: cpuMs / Math.max(1, lastedMs),
      cpuMsPerRequest: answered > 0 ? cpuMs / answered : null,
    };
  });
}

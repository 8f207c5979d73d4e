import { metrics as catalogue, type MetricDefinition } from '@maxai/contracts/telemetry/metrics';

/** prom-client's own, of the process and of Node.js. */
const ofTheRuntime = /^(?:process|nodejs)_/;
/** Every series of ours has the first; the second tells the buckets of a histogram apart. */
const everywhere = new Set(['service', 'le']);

/** The labels of each metric that has series, by the metric's name. */
function labelsSeen(exposition: string, kinds: ReadonlyMap<string, string>) {
  const seen = new Map<string, Set<string>>();
  for (const [, name = '', labels = ''] of exposition.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const whole = name.replace(/_(?:bucket|count|sum)$/, '');
    const metric = kinds.get(whole) === 'histogram' ? whole : name;
    const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => String(label));
    seen.set(metric, new Set([...(seen.get(metric) ?? []), ...names]));
  }
  return seen;
}

/**
 * How what a process exports at `/metrics` differs from what the catalogue says it exports: undeclared and missing
 * metrics, other types, other labels. Labels can be told of metrics that have series only.
 */
export function metricDifferences(exposition: string, process: string): string[] {
  const kinds = new Map(
    [...exposition.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', kind = '']) => [
      name,
      kind,
    ]),
  );
  const declared = new Map<string, MetricDefinition>(
    Object.entries(catalogue).filter(([, { exportedBy }]) =>
      ['every backend', process].includes(exportedBy),
    ),
  );
  const labels = labelsSeen(exposition, kinds);
  const undeclared = [...kinds.keys()]
    .filter((name) => !declared.has(name) && !ofTheRuntime.test(name))
    .map((name) => `${name} is exported and not declared`);
  const wrong = [...declared].flatMap(([name, definition]) => {
    const kind = kinds.get(name);
    if (kind === undefined) return [`${name} is declared and not exported`];
    if (kind !== definition.kind) return [`${name} is a ${kind}, declared as ${definition.kind}`];
    const seen = labels.get(name);
    const own = [...(seen ?? [])].filter((label) => !everywhere.has(label));
    const given = own.toSorted().join(', ');
    const expected = definition.labels.toSorted().join(', ');
    return seen === undefined || given === expected
      ? []
      : [`${name} has the labels ${given}, declared are ${expected}`];
  });
  return [...undeclared, ...wrong];
}

/** Every series of an exposition without its value. */
export function seriesOf(exposition: string): Set<string> {
  const lines = exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Set(lines.map((line) => line.replace(/ \S+$/, '')));
}

import { recoveryAims, recoveryObjectives, type DisasterName } from '@maxai/topology/recovery';
import { formatTable } from '../../terminal/format-table.ts';
import type { Check } from './invariants.ts';
import type { Measured } from './measure.ts';

export type DrillStep = { readonly atSeconds: number; readonly what: string };

/** Notes each step with its time, for whoever watches and for the report. */
export function stepNotes(report: (line: string) => void): {
  readonly steps: readonly DrillStep[];
  readonly note: (what: string) => void;
} {
  const startedAtMs = Date.now();
  const steps: DrillStep[] = [];
  return {
    steps,
    note(what) {
      const atSeconds = (Date.now() - startedAtMs) / 1000;
      steps.push({ atSeconds, what });
      report(`${atSeconds.toFixed(1).padStart(6)} s  ${what}`);
    },
  };
}

export type DrillReport = Measured & {
  readonly drill: DisasterName;
  /** Everything holds and the document's limits are kept. */
  readonly passed: boolean;
  /** Whether the tighter aims were met as well. */
  readonly withinAims: boolean;
  readonly checks: readonly Check[];
  readonly steps: readonly DrillStep[];
};

export function judge(
  drill: DisasterName,
  measured: Measured,
  checks: readonly Check[],
  steps: readonly DrillStep[],
): DrillReport {
  const { rtoHours, rpoHours } = recoveryObjectives;
  const { rtoSeconds, rpoSeconds } = measured;
  const holds = checks.every(({ found, expected }) => found === expected);
  return {
    drill,
    ...measured,
    passed: holds && rtoSeconds <= rtoHours * 3600 && rpoSeconds <= rpoHours * 3600,
    withinAims: rtoSeconds <= recoveryAims.rtoMinutes * 60 && rpoSeconds <= recoveryAims.rpoSeconds,
    checks,
    steps,
  };
}

/** One line a drill. */
export function reportTable(reports: readonly DrillReport[]): string {
  return formatTable(
    ['drill', 'RTO s', 'RPO s', 'acknowledged', 'lost', 'passed', 'within aims'],
    reports.map((report) => [
      report.drill,
      report.rtoSeconds.toFixed(1),
      report.rpoSeconds.toFixed(1),
      report.acknowledged,
      report.lost,
      report.passed ? 'yes' : 'NO',
      report.withinAims ? 'yes' : 'no',
    ]),
  );
}

/** What happened when, and what was checked. */
export function reportDetail({ steps, checks }: DrillReport): string {
  return [
    formatTable(
      ['after s', 'step'],
      steps.map(({ atSeconds, what }) => [atSeconds.toFixed(1), what]),
    ),
    formatTable(
      ['check', 'found', 'expected'],
      checks.map(({ what, found, expected }) => [what, found, expected]),
    ),
  ].join('\n\n');
}

import type { ReleaseEvent, ReleaseState } from './release-rules.ts';

/** Seconds each part of taking a version back took; null where it did not come to that. */
export type RollbackTimes = {
  /** From the first request it got to the first bad measurement. */
  readonly detectionSeconds: number | null;
  /** From there to the decision. */
  readonly decisionSeconds: number | null;
  /** From the decision until it got no request any more. */
  readonly shiftSeconds: number | null;
  /** Until what it had begun was answered and it was gone. */
  readonly drainSeconds: number | null;
};

const postMortemMs = 24 * 3_600_000;

function seconds(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : (to - from) / 1000;
}

/** The decision that ended it, unless that was for the new version. */
function takenBack(events: readonly ReleaseEvent[]) {
  const last = events.findLast((event) => event.kind === 'decided');
  return last?.decision === 'promote' ? undefined : last;
}

/** How long each step took, from the record alone. */
export function rollbackTimes(events: readonly ReleaseEvent[]): RollbackTimes {
  const at = (matches: (event: ReleaseEvent) => boolean) => events.find(matches)?.at;
  const exposed = at((event) => event.kind === 'shifted' && event.percent > 0);
  const bad = at((event) => event.kind === 'measured' && event.outcome.startsWith('bad'));
  const back = takenBack(events);
  const decided = back?.at;
  const shifted = events.findLast((event) => event.kind === 'shifted' && event.percent === 0)?.at;
  const drained = events.findLast((event) => event.kind === 'drained')?.at;
  return {
    detectionSeconds: seconds(exposed, bad),
    decisionSeconds: back?.decision === 'abort' ? seconds(bad, decided) : null,
    shiftSeconds: seconds(decided, shifted),
    drainSeconds: seconds(shifted, drained),
  };
}

/** One event in the words of a person. */
export function describeEvent(event: ReleaseEvent): string {
  switch (event.kind) {
    case 'started':
      return `${event.by} started ${event.id}: ${event.service} from ${event.from} to ${event.to}`;
    case 'available':
      return 'The new version is healthy';
    case 'shifted':
      return `The new version gets ${event.percent} % of the requests`;
    case 'measured':
      return `${event.figure}: ${event.outcome}`;
    case 'paused':
      return `Waiting for a decision: ${event.reason}`;
    case 'decided':
      return `${event.decision}, by ${event.by}: ${event.reason}`;
    case 'drained':
      return `${event.version} has answered what it had, and is gone`;
    case 'retired':
      return `${event.version} is no longer kept`;
    default:
      return event satisfies never;
  }
}

function shown(value: number | null): string {
  return value === null ? 'not known' : `${value.toFixed(1)} s`;
}

/** The report of a release that was taken back, as the record has it; people add causes and follow-ups. */
export function incidentReport(state: ReleaseState, events: readonly ReleaseEvent[]): string {
  const times = rollbackTimes(events);
  const start = new Date(state.startedAt).toISOString();
  const takenBackAt = takenBack(events)?.at ?? state.startedAt;
  const due = new Date(takenBackAt + postMortemMs).toISOString();
  return [
    `# Incident report: ${state.service} ${state.to}`,
    '',
    `Release ${state.id} of ${start} ended as **${state.phase}**: ${state.reason ?? 'no reason is recorded'}.`,
    `The post-mortem is due by ${due}.`,
    '',
    '## Times',
    '',
    '| step | took |',
    '| --- | --- |',
    `| detection: first request to first bad measurement | ${shown(times.detectionSeconds)} |`,
    `| decision: until it was to be taken back | ${shown(times.decisionSeconds)} |`,
    `| shift: until it got no request | ${shown(times.shiftSeconds)} |`,
    `| drain: until what it had was answered | ${shown(times.drainSeconds)} |`,
    '',
    '## What happened',
    '',
    ...events.map((event) => `- ${new Date(event.at).toISOString()} ${describeEvent(event)}`),
    '',
    '## Cause',
    '',
    '_To be written by the owner of the service._',
    '',
    '## What keeps it from happening again',
    '',
    '_To be written by the owner of the service._',
    '',
  ].join('\n');
}

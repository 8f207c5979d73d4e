/** Everything that is written down about a release; what it is now follows from it. */
export type ReleaseEvent = {
  /** Milliseconds since the epoch. */
  readonly at: number;
} & (
  | {
      readonly kind: 'started';
      readonly id: string;
      readonly service: string;
      readonly from: string;
      readonly to: string;
      readonly by: string;
    }
  | { readonly kind: 'available' }
  | { readonly kind: 'shifted'; readonly percent: number }
  | { readonly kind: 'measured'; readonly figure: string; readonly outcome: string }
  | { readonly kind: 'paused'; readonly reason: string }
  | {
      readonly kind: 'decided';
      readonly decision: Decision;
      readonly by: string;
      readonly reason: string;
    }
  | { readonly kind: 'drained'; readonly version: string }
  | { readonly kind: 'retired'; readonly version: string }
);

export type Decision = 'promote' | 'abort' | 'rollback';

export type ReleasePhase =
  | 'starting'
  | 'judging'
  | 'paused'
  | 'promoted'
  | 'aborted'
  | 'rolled-back'
  | 'settled';

export type ReleaseState = {
  readonly id: string;
  readonly service: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  readonly phase: ReleasePhase;
  /** Share of the requests the new version gets. */
  readonly percent: number;
  readonly promotedAt: number | null;
  readonly reason: string | null;
};

const phaseAfter = { promote: 'promoted', abort: 'aborted', rollback: 'rolled-back' } as const;

function apply(state: ReleaseState, event: ReleaseEvent): ReleaseState {
  switch (event.kind) {
    case 'shifted':
      return {
        ...state,
        percent: event.percent,
        phase: state.phase === 'starting' && event.percent > 0 ? 'judging' : state.phase,
      };
    case 'paused':
      return { ...state, phase: 'paused', reason: event.reason };
    case 'decided':
      return {
        ...state,
        phase: phaseAfter[event.decision],
        reason: event.reason,
        promotedAt: event.decision === 'promote' ? event.at : state.promotedAt,
      };
    case 'retired':
      return { ...state, phase: state.phase === 'promoted' ? 'settled' : state.phase };
    case 'started':
    case 'available':
    case 'measured':
    case 'drained':
      return state;
    default:
      return event satisfies never;
  }
}

/** What a release has come to; undefined before its first event. */
export function stateOf(events: readonly ReleaseEvent[]): ReleaseState | undefined {
  const [first, ...rest] = events;
  if (first?.kind !== 'started') return undefined;
  const { id, service, from, to, at } = first;
  const begun: ReleaseState = {
    id,
    service,
    from,
    to,
    startedAt: at,
    phase: 'starting',
    percent: 0,
    promotedAt: null,
    reason: null,
  };
  return rest.reduce(apply, begun);
}

export function isOpen({ phase }: ReleaseState): boolean {
  return phase === 'starting' || phase === 'judging' || phase === 'paused';
}

/** Why a decision cannot be taken now, with what can be done instead; null when it can. */
export function refusalOf(
  decision: Decision,
  state: ReleaseState | undefined,
  at: { readonly now: number; readonly keepOldMs: number },
): string | null {
  if (state === undefined)
    return 'There is no release. Start one: npx maxai release start <service>';
  const { id, phase, from, promotedAt } = state;
  if (decision !== 'rollback') {
    return isOpen(state) ? null : `${id} is ${phase} already; there is nothing to ${decision}`;
  }
  if (isOpen(state)) return `${id} is not promoted yet: npx maxai release abort takes it back`;
  if (phase !== 'promoted' || promotedAt === null) {
    return `${id} is ${phase}: there is no version to roll back to. Release ${from} again`;
  }
  return at.now - promotedAt > at.keepOldMs
    ? `${from} was kept until ${new Date(promotedAt + at.keepOldMs).toISOString()} and is gone: release it again`
    : null;
}

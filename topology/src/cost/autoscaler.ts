/** What an HPA by CPU is told; times in seconds. */
export type ScalingRule = {
  readonly min: number;
  readonly max: number;
  readonly targetPercent: number;
  readonly cpuRequestMillicores: number;
  readonly scaleDownStabilizationSeconds: number;
  readonly scaleDownPodsPerMinute: number;
  readonly podStartSeconds: number;
};

export type ScalingState = {
  /** Pods that answer. */
  readonly ready: number;
  /** When each pod that is starting will answer. */
  readonly starting: readonly number[];
  /** What was wanted lately, for the calm before scaling down. */
  readonly wanted: readonly { readonly at: number; readonly pods: number }[];
  readonly lastDownAt: number;
};

/** Within a tenth of the target nothing is changed, as in Kubernetes. */
const tolerance = 0.1;

export function initialState(rule: ScalingRule): ScalingState {
  return { ready: rule.min, starting: [], wanted: [], lastDownAt: -Infinity };
}

export function podsOf({ ready, starting }: ScalingState): number {
  return ready + starting.length;
}

function wantedPods(pods: number, millicores: number, rule: ScalingRule): number {
  const ratio = (millicores / pods / rule.cpuRequestMillicores) * (100 / rule.targetPercent);
  const wanted = Math.abs(ratio - 1) <= tolerance ? pods : Math.ceil(pods * ratio);
  return Math.min(rule.max, Math.max(rule.min, wanted));
}

/**
 * One sync of the HPA at `now` with `millicores` used by all pods together: up at once and at most doubling or by two
 * pods, down by the largest wish of the calm period, a pod a minute.
 */
export function scale(
  state: ScalingState,
  millicores: number,
  now: number,
  rule: ScalingRule,
): ScalingState {
  const starting = state.starting.filter((at) => at > now);
  const ready = state.ready + state.starting.length - starting.length;
  const pods = ready + starting.length;
  const wish = wantedPods(pods, millicores, rule);
  const wanted = [...state.wanted, { at: now, pods: wish }].filter(
    ({ at }) => at > now - rule.scaleDownStabilizationSeconds,
  );
  const calm = Math.max(...wanted.map((past) => past.pods));
  if (wish > pods) {
    const added = Math.min(wish - pods, Math.max(pods, 2));
    const arrivals = Array.from({ length: added }, () => now + rule.podStartSeconds);
    return { ...state, ready, starting: [...starting, ...arrivals], wanted };
  }
  const mayGo = calm < pods && now - state.lastDownAt >= 60 / rule.scaleDownPodsPerMinute;
  return mayGo && ready > rule.min
    ? { ready: ready - 1, starting, wanted, lastDownAt: now }
    : { ...state, ready, starting, wanted };
}

import type { samplingCollector } from '@maxai/topology/observability/collector-config';

/** The processor's settings as they are rendered for the collector. */
export type TailSampling = ReturnType<typeof samplingCollector>['processors']['tail_sampling'];

type Decision = 'keep' | 'drop';
type Pending = { readonly traceId: string; readonly since: number; failed: boolean };

const salt = Buffer.from('default-hash-seed');
const fnvOffset = 0xcb_f2_9c_e4_84_22_23_25n;
const fnvPrime = 0x1_00_00_00_01_b3n;
const uint64Max = 0xff_ff_ff_ff_ff_ff_ff_ffn;

/** The collector's own hash of a trace's id, FNV-1a over 64 bits: the same traces are kept here and there. */
export function hashTraceId(traceId: string): bigint {
  let hash = fnvOffset;
  for (const byte of [...salt, ...Buffer.from(traceId, 'hex')]) {
    hash = ((hash ^ BigInt(byte)) * fnvPrime) & uint64Max;
  }
  return hash;
}

function decide({ traceId, failed }: Pending, { policies }: TailSampling): Decision {
  // Policies are alternatives: one that says yes is enough.
  const yes = policies.some((policy) =>
    policy.type === 'status_code'
      ? failed
      : hashTraceId(traceId) <=
        (uint64Max * BigInt(policy.probabilistic.sampling_percentage)) / 100n,
  );
  return yes ? 'keep' : 'drop';
}

export type TailSampler = {
  /** A span has come in. Returns what was decided of its trace before, if anything. */
  readonly see: (traceId: string, failed: boolean) => Decision | undefined;
  /** Decides on every trace that has waited long enough, and tells of each. */
  readonly settle: () => void;
};

/**
 * What the collector's `tail_sampling` processor does, after the same settings: it waits for a trace to be complete,
 * keeps every one with an error and a share of the others, and remembers decisions for spans that come late.
 */
export function createTailSampler(options: {
  readonly settings: TailSampling;
  readonly decisionWaitMs: number;
  readonly onDecision: (traceId: string, decision: Decision) => void;
  readonly now?: () => number;
}): TailSampler {
  const { settings, decisionWaitMs, onDecision } = options;
  const now = options.now ?? (() => performance.now());
  const pending = new Map<string, Pending>();
  const decided = new Map<string, Decision>();

  function settleOne(trace: Pending): void {
    const decision = decide(trace, settings);
    pending.delete(trace.traceId);
    decided.set(trace.traceId, decision);
    const remembered = settings.decision_cache.sampled_cache_size;
    for (const oldest of decided.keys()) {
      if (decided.size <= remembered) break;
      decided.delete(oldest);
    }
    onDecision(trace.traceId, decision);
  }

  return {
    see(traceId, failed) {
      const before = decided.get(traceId);
      if (before !== undefined) return before;
      const known = pending.get(traceId) ?? { traceId, since: now(), failed: false };
      known.failed ||= failed;
      pending.set(traceId, known);
      // Maps keep the order of arrival: the first has waited longest.
      const [oldest] = pending.values();
      if (oldest !== undefined && pending.size > settings.num_traces) settleOne(oldest);
      return undefined;
    },
    settle() {
      const due = now() - decisionWaitMs;
      for (const trace of pending.values()) {
        if (trace.since > due) break;
        settleOne(trace);
      }
    },
  };
}

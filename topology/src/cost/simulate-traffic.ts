import { cloudSizing } from '../environments/cloud-sizing.ts';
import type { CloudTarget, Environment, NodePoolName, Platform, Service } from '../model/index.ts';
import { releasePolicy } from '../release-policy.ts';
import { scalingBehaviour } from '../render/kubernetes/autoscalers.ts';
import { initialState, podsOf, scale, type ScalingRule, type ScalingState } from './autoscaler.ts';
import { priceOf } from './environment-cost.ts';
import { hoursPerMonth, priceTables } from './price-table.ts';
import type { TrafficTrace } from './traffic-trace.ts';

export type Behaviour = {
  /** CPU a request of each service takes, in milliseconds. */
  readonly cpuMsPerRequest: Readonly<Record<string, number>>;
  readonly podStartSeconds: number;
  readonly nodeStartSeconds: number;
};

/**
 * `ms/request` of `npm run bench -- platform` over ten minutes, on two busy cores of a shared machine. payments answers
 * no request there and is taken to be like billing-usage. How long pods and nodes take to start is assumed.
 */
export const localBehaviour: Behaviour = {
  cpuMsPerRequest: {
    'api-gateway': 0.8,
    'webhook-ingress': 0.4,
    iam: 1.5,
    'prompt-svc': 2.3,
    orchestrator: 1.3,
    'billing-usage': 2,
    payments: 2,
  },
  podStartSeconds: 20,
  nodeStartSeconds: 120,
};

export type ServiceOutcome = {
  readonly service: string;
  readonly podsMax: number;
  readonly podMinutes: number;
  /** Of old versions that were kept for the way back. */
  readonly keptPodMinutes: number;
  /** Minutes in which more came than the pods could answer in time. */
  readonly breachMinutes: number;
};

export type PoolOutcome = {
  readonly pool: NodePoolName;
  readonly nodesMax: number;
  readonly nodeHours: number;
  readonly usd: number;
  /** Minutes in which pods waited for a node that the pool may not have. */
  readonly fullMinutes: number;
};

export type Simulation = {
  readonly minutes: number;
  readonly services: readonly ServiceOutcome[];
  readonly pools: readonly PoolOutcome[];
  readonly usd: number;
  /** The part of it that old versions cost while they were kept. */
  readonly keptUsd: number;
};

const syncSeconds = 15;
const stepsPerMinute = 60 / syncSeconds;
/** Node.js answers on one core: beyond four fifths of it requests queue up. */
const busyMillicores = 800;
/** What the node itself and its daemons keep. */
const allocatable = 0.85;

function ruleOf({ scaling, resources }: Service, { podStartSeconds }: Behaviour): ScalingRule {
  const { scaleDown } = scalingBehaviour;
  return {
    min: scaling.min,
    max: scaling.max,
    targetPercent: scaling.targetPercent,
    cpuRequestMillicores: resources.cpuRequestMillicores,
    scaleDownStabilizationSeconds: scaleDown.stabilizationWindowSeconds,
    scaleDownPodsPerMinute: scaleDown.policies[0]?.value ?? 1,
    podStartSeconds,
  };
}

/** What a trace says of one service at each minute; the last value holds until the next. */
function ratesOf(trace: TrafficTrace, service: string): number[] {
  const rates: number[] = [];
  let current = 0;
  const steps = new Map(
    trace.steps
      .filter((step) => step.service === service)
      .map(({ minute, requestsPerSecond }) => [minute, requestsPerSecond]),
  );
  for (let minute = 0; minute < trace.minutes; minute += 1) {
    current = steps.get(minute) ?? current;
    rates.push(current);
  }
  return rates;
}

type Minute = { readonly pods: number; readonly kept: number; readonly breached: boolean };

function simulateService(
  service: Service,
  trace: TrafficTrace,
  behaviour: Behaviour,
  keepMinutes: number,
): Minute[] {
  const rule = ruleOf(service, behaviour);
  const cpuMs = behaviour.cpuMsPerRequest[service.name] ?? 0;
  // One old version at most: each release ends what the one before it had kept.
  let kept = { until: 0, pods: 0 };
  let state: ScalingState = initialState(rule);
  return ratesOf(trace, service.name).map((rate, minute) => {
    if (trace.releases.includes(minute)) {
      kept = { until: minute + keepMinutes, pods: podsOf(state) };
    }
    const millicores = rate * cpuMs;
    let late = 0;
    for (let step = 0; step < stepsPerMinute; step += 1) {
      const now = minute * 60 + step * syncSeconds;
      if (millicores / state.ready > busyMillicores) late += 1;
      const used = Math.min(millicores, state.ready * 1000);
      state = scale(state, used, now, rule);
    }
    return {
      pods: podsOf(state),
      kept: kept.until > minute ? kept.pods : 0,
      breached: late >= stepsPerMinute / 2,
    };
  });
}

type Demand = { readonly service: Service; readonly minutes: readonly Minute[] };

function nodesFor(millicores: number, perNode: number, nodesMin: number, nodesMax: number) {
  const needed = Math.ceil(millicores / perNode);
  return { nodes: Math.min(nodesMax, Math.max(nodesMin, needed)), full: needed > nodesMax };
}

/** Every minute's nodes of a pool, by what its pods ask for; `withKept` counts the old versions too. */
function poolMinutes(
  demands: readonly Demand[],
  size: { readonly vcpu: number; readonly nodesMin: number; readonly nodesMax: number },
  minutes: number,
  withKept: boolean,
) {
  const perNode = size.vcpu * 1000 * allocatable;
  return Array.from({ length: minutes }, (_, minute) => {
    const asked = demands.reduce((sum, { service, minutes: all }) => {
      const at = all[minute];
      const pods = (at?.pods ?? 0) + (withKept ? (at?.kept ?? 0) : 0);
      return sum + pods * service.resources.cpuRequestMillicores;
    }, 0);
    return nodesFor(asked, perNode, size.nodesMin, size.nodesMax);
  });
}

function outcomeOf({ service, minutes }: Demand): ServiceOutcome {
  return {
    service: service.name,
    podsMax: Math.max(...minutes.map(({ pods }) => pods)),
    podMinutes: minutes.reduce((sum, { pods }) => sum + pods, 0),
    keptPodMinutes: minutes.reduce((sum, { kept }) => sum + kept, 0),
    breachMinutes: minutes.filter(({ breached }) => breached).length,
  };
}

/** Runs a trace through the HPA rules, the node pools and the prices of one cloud. */
export function simulateTraffic(
  platform: Platform,
  environment: Environment,
  cloud: CloudTarget['kind'],
  trace: TrafficTrace,
  behaviour: Behaviour = localBehaviour,
): Simulation {
  const { machineHour } = priceTables[cloud];
  const keepMinutes = releasePolicy(environment.name).keepOldHours * 60;
  const demands = platform.services.map((service) => ({
    service,
    minutes: simulateService(service, trace, behaviour, keepMinutes),
  }));
  const sizes = Object.entries(cloudSizing(environment, cloud).nodePools) as [
    NodePoolName,
    ReturnType<typeof cloudSizing>['nodePools'][NodePoolName],
  ][];
  const pools = sizes.map(([pool, { machine, nodesMin, nodesMax }]) => {
    const own = demands.filter(({ service }) => service.nodePool === pool);
    const size = { vcpu: machine.vcpu, nodesMin, nodesMax };
    const minutes = poolMinutes(own, size, trace.minutes, true);
    const without = poolMinutes(own, size, trace.minutes, false);
    const hours = (all: readonly { nodes: number }[]) =>
      all.reduce((sum, { nodes }) => sum + nodes, 0) / 60;
    const price = priceOf(machineHour, machine.type);
    return {
      pool,
      nodesMax: Math.max(...minutes.map(({ nodes }) => nodes)),
      nodeHours: hours(minutes),
      usd: hours(minutes) * price,
      keptUsd: (hours(minutes) - hours(without)) * price,
      fullMinutes: minutes.filter(({ full }) => full).length,
    };
  });
  return {
    minutes: trace.minutes,
    services: demands.map(outcomeOf),
    pools: pools.map(({ keptUsd: _kept, ...pool }) => pool),
    usd: pools.reduce((sum, { usd }) => sum + usd, 0),
    keptUsd: pools.reduce((sum, { keptUsd }) => sum + keptUsd, 0),
  };
}

/** What the same minutes would come to in a month of them. */
export function perMonth({ usd, minutes }: Pick<Simulation, 'usd' | 'minutes'>): number {
  return (usd / minutes) * 60 * hoursPerMonth;
}

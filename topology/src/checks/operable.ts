import type { Deployable } from '../model/index.ts';
import { declarationOf } from '../render/kubernetes/object-names.ts';
import type { Check, Finding } from './finding.ts';

type Problem = Pick<Finding, 'reason' | 'fix'>;

function probeProblems(probes: Partial<Deployable['probes']> | undefined): Problem[] {
  const { readiness, liveness, drainSeconds = 0 } = probes ?? {};
  if (!readiness || !liveness || drainSeconds < 1) {
    return [
      {
        reason: 'Without probes and a time to drain nobody sees it fail, and a release cuts it off',
        fix: 'Declare probes: standardProbes, or readiness, liveness and drainSeconds of its own',
      },
    ];
  }
  return readiness === liveness
    ? [
        {
          reason: 'Its liveness probe checks dependencies, so a slow database restarts it',
          fix: 'Probe liveness at /livez and readiness at /health',
        },
      ]
    : [];
}

function scalingProblems({ min, max }: { readonly min: number; readonly max: number }): Problem[] {
  return min < 1 || max < min
    ? [
        {
          reason: `It cannot scale from ${min} to ${max}`,
          fix: 'Set scaling.min to at least 1 and scaling.max to at least min',
        },
      ]
    : [];
}

type Resources = Extract<Deployable, { kind: 'service' }>['resources'];

function limitProblems(resources: Partial<Resources> | undefined): Problem[] {
  const {
    cpuRequestMillicores = 0,
    memoryRequestMib = 0,
    memoryLimitMib = 0,
    ephemeralStorageMib = 0,
  } = resources ?? {};
  const requested = Math.min(cpuRequestMillicores, memoryRequestMib, ephemeralStorageMib);
  return requested < 1 || memoryLimitMib < memoryRequestMib
    ? [
        {
          reason: 'Without requests and limits one leak takes its node down',
          fix: 'Declare all of resources, with memoryLimitMib at least memoryRequestMib',
        },
      ]
    : [];
}

function problems(deployable: Deployable): Problem[] {
  const owned = deployable.owner && deployable.costCentre;
  return [
    ...(owned
      ? []
      : [{ reason: 'Nobody answers or pays for it', fix: 'Name its owner and costCentre' }]),
    ...probeProblems(deployable.probes),
    ...('scaling' in deployable ? scalingProblems(deployable.scaling) : []),
    ...(deployable.kind === 'service' || deployable.kind === 'worker'
      ? limitProblems(deployable.resources)
      : []),
  ];
}

/** Owner, cost centre, scaling, probes and limits: what somebody needs to run it at night. */
export const operable: Check = (platform) =>
  [
    ...platform.services,
    ...platform.workers,
    ...platform.webApps,
    platform.edge,
    platform.sandbox,
  ].flatMap((deployable) =>
    problems(deployable).map(({ reason, fix }) => ({
      check: 'operable',
      file: declarationOf(platform, deployable.name),
      declaration: deployable.name,
      reason,
      fix,
    })),
  );

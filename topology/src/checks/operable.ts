import type { Deployable } from '../model/index.ts';
import type { Check, Finding } from './finding.ts';

function problems(deployable: Deployable): Pick<Finding, 'reason' | 'fix'>[] {
  const { owner, costCentre, probes } = deployable;
  const found = [];
  if (!owner || !costCentre) {
    found.push({ reason: 'Nobody answers or pays for it', fix: 'Name its owner and costCentre' });
  }
  if (probes.readiness === probes.liveness) {
    found.push({
      reason: 'Its liveness probe checks dependencies, so a slow database restarts it',
      fix: 'Probe liveness at /livez and readiness at /health',
    });
  }
  if ('scaling' in deployable) {
    const { min, max } = deployable.scaling;
    if (min < 1 || max < min) {
      found.push({
        reason: `It cannot scale from ${min} to ${max}`,
        fix: 'Set scaling.min to at least 1 and scaling.max to at least min',
      });
    }
  }
  return found;
}

/** Owner, cost centre, scaling and probes: what somebody needs to run it at night. */
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
      declaration: deployable.name,
      reason,
      fix,
    })),
  );

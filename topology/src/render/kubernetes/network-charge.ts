import type { Platform } from '../../model/index.ts';

type Charged = { readonly name: string; readonly owner: string; readonly costCentre: string };

/** Whose the network objects of a pod are; what belongs to no deployable is the platform's own. */
export function chargeOf(platform: Platform, name: string): Charged {
  const deployables = [
    ...platform.services,
    ...platform.workers,
    ...platform.webApps,
    platform.sandbox,
  ];
  const of = deployables.find((deployable) => deployable.name === name.replace(/-migrations$/, ''));
  return { name, owner: of?.owner ?? 'automation-team', costCentre: of?.costCentre ?? 'ops' };
}

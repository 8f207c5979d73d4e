import { platform } from '@maxai/topology/platform';
import { CommandError } from '../../supervisor/command-error.ts';

export type Cloud = 'gke' | 'eks';
type Environment = (typeof platform.environments)[number];

/** The clouds a cost command is asked about; both when none is named. */
export function cloudsOf(cloud: string | undefined): readonly Cloud[] {
  if (cloud === undefined) return ['gke', 'eks'];
  if (cloud === 'gke' || cloud === 'eks') return [cloud];
  throw new CommandError(`There is no cloud "${cloud}".`, 'Use --cloud gke or --cloud eks.');
}

/** An environment that costs something. */
export function environmentsOf(name: string | undefined): readonly Environment[] {
  const paid = platform.environments.filter((environment) => environment.name !== 'development');
  if (name === undefined) return paid;
  const found = paid.filter((environment) => environment.name === name);
  if (found.length > 0) return found;
  throw new CommandError(
    `There is nothing to pay for in "${name}".`,
    `Use --environment ${paid.map((environment) => environment.name).join(' or ')}.`,
  );
}

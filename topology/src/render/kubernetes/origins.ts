import type { DeployableName, Platform } from '../../model/index.ts';
import { declarationOf } from './object-names.ts';
import type { Origin } from './rendered-object.ts';

/** Fields that come straight from one declaration: `{ 'spec.maxReplicas': 'scaling.max' }`. */
export function declaredIn(file: string, fields: Readonly<Record<string, string>>): Origin[] {
  return Object.entries(fields).map(([field, key]) => ({ field, file, key }));
}

export function declaredBy(
  platform: Platform,
  name: DeployableName,
  fields: Readonly<Record<string, string>>,
): Origin[] {
  return declaredIn(declarationOf(platform, name), fields);
}

export function because(file: string, field: string, key: string, reason: string): Origin {
  return { field, file, key, because: reason };
}

/** The file of an environment's own facts. */
export function environmentFile({ name }: { readonly name: string }): string {
  return `topology/src/environments/${name}.ts`;
}

export const platformFile = 'topology/src/platform.ts';
export const policyFile = 'topology/src/release-policy.ts';
export const secretsFile = 'topology/src/secrets.ts';

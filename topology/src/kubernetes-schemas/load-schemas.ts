import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubernetesSchemas } from './schema.ts';

/** The minor versions of Kubernetes that are supported upstream; the manifests hold for each. */
export const supportedMinors = ['1.35', '1.36', '1.37'] as const;

const loaded = new Map<string, KubernetesSchemas>();

/** Reads a minor version's types, once; `main.ts` beside this wrote the file. */
export function loadSchemas(minor: (typeof supportedMinors)[number]): KubernetesSchemas {
  const known = loaded.get(minor);
  if (known !== undefined) return known;
  const file = join(import.meta.dirname, `generated/kubernetes-${minor}.json`);
  // Written by main.ts from trimOpenApi's answer.
  const schemas = JSON.parse(readFileSync(file, 'utf8')) as KubernetesSchemas;
  loaded.set(minor, schemas);
  return schemas;
}

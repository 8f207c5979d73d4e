import { compose } from './compose.ts';
import type { Generator } from './generated-file.ts';
import { kubernetesManifests } from './kubernetes-manifests.ts';
import { observabilityFiles } from './observability-files.ts';

/** Those of the generators that write below `topology/rendered`. */
export const manifestGenerators: readonly Generator[] = [
  compose,
  kubernetesManifests,
  observabilityFiles,
];

import { renderDeploymentDoc } from '@maxai/topology/deployment-doc';
import type { Generator } from './generated-file.ts';

/** The deployment architecture as people read it. */
export const deploymentDoc: Generator = () => [
  { path: 'docs/deployment.md', content: renderDeploymentDoc() },
];

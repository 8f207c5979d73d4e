import * as apiClientRoutes from './api-client-routes.ts';
import { compose } from './compose.ts';
import { consumersDocument } from './consumers.ts';
import { databaseTypes } from './database-types.ts';
import { deploymentDoc } from './deployment-doc.ts';
import { environmentDoc } from './environment-doc.ts';
import { errorsDoc } from './errors-doc.ts';
import { jsonSchemas } from './json-schemas.ts';
import { kubernetesManifests } from './kubernetes-manifests.ts';
import { observabilityFiles } from './observability-files.ts';
import { openApiDocuments } from './openapi-documents.ts';
import type { Generator } from './generated-file.ts';
import { workflowFiles } from './workflows.ts';
import { requirementsDoc } from './requirements-doc.ts';

/** Everything generated in this repository; a new kind is one file beside this one and one line here. */
export const generators: readonly Generator[] = [
  compose,
  consumersDocument,
  databaseTypes,
  deploymentDoc,
  environmentDoc,
  errorsDoc,
  jsonSchemas,
  observabilityFiles,
  openApiDocuments,
  kubernetesManifests,
  requirementsDoc,
  workflowFiles,
  () => [{ path: apiClientRoutes.path, content: apiClientRoutes.render() }],
];

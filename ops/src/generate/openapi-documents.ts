import type { Operation } from '@maxai/contracts/operation';
import {
  openApiDocument,
  publicSecurity,
  serviceSecurity,
} from '@maxai/contracts/openapi-document';
import { allOperations } from '@maxai/contracts/operations';
import type { GeneratedFile } from './generated-file.ts';

/** What is served between releases; a release says its own version. */
const unreleased = '0.0.0';

export const openApiFolder = 'contracts/generated/openapi';

export function asJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

const placeOf = ({ path, method }: Operation) => `${path} ${method}`;

/** The OpenAPI document of each service, with the operations between services. */
export function openApiDocuments(): GeneratedFile[] {
  const services = [...new Set(allOperations.map(({ service }) => service))].toSorted();
  // Where a module's exports are in the order they were written, so are the operations.
  const sorted = allOperations.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return services.map((service) => ({
    path: `${openApiFolder}/${service}.json`,
    content: asJson(
      openApiDocument({
        title: service,
        version: unreleased,
        description: `What ${service} answers, to the gateway and to other services.`,
        operations: sorted.filter((operation) => operation.service === service),
        securitySchemes: service === 'api-gateway' ? publicSecurity : serviceSecurity,
        repeatable: false,
      }),
    ),
  }));
}

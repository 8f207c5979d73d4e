import { openApiDocument, publicSecurity } from '@maxai/contracts/openapi-document';
import { publicOperations } from '@maxai/contracts/operations';

/** The public API as one OpenAPI document, from the contracts the gateway serves. */
export function publicDocument(about: {
  readonly version: string;
  readonly serverUrl: string;
}): Record<string, unknown> {
  return openApiDocument({
    ...about,
    title: 'MaxAI Platform API',
    description: 'AI employees for the clients of agencies.',
    operations: publicOperations,
    securitySchemes: publicSecurity,
    repeatable: true,
  });
}

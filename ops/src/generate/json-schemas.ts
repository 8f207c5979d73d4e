import { CanonicalEvent } from '@maxai/contracts/events/canonical-event';
import { FlowDocument } from '@maxai/contracts/flows/flow-document';
import { queues } from '@maxai/contracts/jobs/queues';
import type { GeneratedFile } from './generated-file.ts';
import { asJson } from './openapi-documents.ts';

export const schemaFolder = 'contracts/generated/schemas';

const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

/** The JSON Schemas of what is stored, queued and published beside HTTP. */
export function jsonSchemas(): GeneratedFile[] {
  const published = {
    'flow-document': FlowDocument,
    'canonical-event': CanonicalEvent,
    ...Object.fromEntries(queues.map(({ name, payload }) => [`job-${name}`, payload])),
  };
  return Object.entries(published).map(([name, schema]) => ({
    path: `${schemaFolder}/${name}.json`,
    content: asJson({ ...dialect, ...schema }),
  }));
}

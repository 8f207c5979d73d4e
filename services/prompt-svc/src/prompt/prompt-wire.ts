import type {
  addPromptVersion,
  createPrompt,
  publishPrompt,
} from '@maxai/contracts/http/prompt-svc';
import type { ResultOf } from '@maxai/contracts/operation';
import type { findPrompt, selectPublications, selectVersions } from './prompt-store.ts';

export type PromptRow = NonNullable<Awaited<ReturnType<typeof findPrompt>>>;
export type VersionRow = Awaited<ReturnType<typeof selectVersions>>[number];
export type PublicationRow = Awaited<ReturnType<typeof selectPublications>>[number];

export function versionToWire(row: VersionRow): ResultOf<typeof addPromptVersion> {
  return {
    id: row.id,
    number: row.number,
    template: row.template,
    // Checked to be an object before it was stored.
    variablesSchema: row.variables_schema as Record<string, unknown>,
    createdAt: row.created_at.toISOString(),
  };
}

export function promptToWire(row: PromptRow, latest: VersionRow): ResultOf<typeof createPrompt> {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    latest: versionToWire(latest),
    productionVersion: row.production_version,
    createdAt: row.created_at.toISOString(),
  };
}

export function publicationToWire(row: PublicationRow): ResultOf<typeof publishPrompt> {
  return {
    id: row.id,
    promptId: row.prompt_id,
    version: row.version,
    target: 'retell',
    externalId: row.external_id,
    contentHash: row.content_hash,
    publishedAt: row.published_at.toISOString(),
  };
}

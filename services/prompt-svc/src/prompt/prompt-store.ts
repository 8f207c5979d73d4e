import { inScope, pageRows, type ListScope } from '@maxai/runtime/database';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { VariablesSchema } from './template-rules.ts';

export type NewVersion = {
  readonly id: string;
  readonly tenantId: string;
  readonly promptId: string;
  readonly number: number;
  readonly template: string;
  readonly variablesSchema: VariablesSchema;
  readonly createdAt: Date;
};

const versionColumns = [
  'id',
  'prompt_id',
  'number',
  'template',
  'variables_schema',
  'created_at',
] as const satisfies readonly (keyof DB['prompt_version'])[];

export async function insertPrompt(
  tx: Transaction<DB>,
  prompt: { id: string; tenantId: string; clientId: string | null; name: string; createdAt: Date },
): Promise<void> {
  await tx
    .insertInto('prompt')
    .values({
      id: prompt.id,
      tenant_id: prompt.tenantId,
      client_id: prompt.clientId,
      name: prompt.name,
      created_at: prompt.createdAt,
    })
    .execute();
}

export function insertVersion(tx: Transaction<DB>, version: NewVersion) {
  return tx
    .insertInto('prompt_version')
    .values({
      id: version.id,
      tenant_id: version.tenantId,
      prompt_id: version.promptId,
      number: version.number,
      template: version.template,
      variables_schema: JSON.stringify(version.variablesSchema),
      created_at: version.createdAt,
    })
    .returning(versionColumns)
    .executeTakeFirstOrThrow();
}

export function findPrompt(tx: Transaction<DB>, id: string) {
  return tx.selectFrom('prompt').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Holds the prompt until the transaction ends, so that version numbers are given out one at a time. */
export async function lockPrompt(tx: Transaction<DB>, id: string): Promise<void> {
  await tx.selectFrom('prompt').select('id').where('id', '=', id).forUpdate().execute();
}

export function selectPrompts(tx: Transaction<DB>, scope: ListScope) {
  return tx
    .selectFrom('prompt')
    .select(['id', 'tenant_id', 'client_id', 'name', 'production_version', 'created_at'])
    .where(inScope('prompt', scope))
    .orderBy('id', 'desc')
    .limit(pageRows(scope))
    .execute();
}

/** Every version of the prompts, newest first. */
export function selectVersions(tx: Transaction<DB>, promptIds: readonly string[]) {
  return tx
    .selectFrom('prompt_version')
    .select(versionColumns)
    .where(sql<boolean>`prompt_id = any(${[...promptIds]}::text[])`)
    .orderBy('number', 'desc')
    .execute();
}

export async function moveProduction(
  tx: Transaction<DB>,
  promptId: string,
  version: number,
): Promise<void> {
  await tx
    .updateTable('prompt')
    .set({ production_version: version })
    .where('id', '=', promptId)
    .execute();
}

export type NewPublication = {
  readonly id: string;
  readonly tenantId: string;
  readonly promptId: string;
  readonly version: number;
  readonly target: string;
  readonly externalId: string;
  readonly contentHash: string;
  readonly publishedAt: Date;
};

export function insertPublication(tx: Transaction<DB>, publication: NewPublication) {
  return tx
    .insertInto('publication')
    .values({
      id: publication.id,
      tenant_id: publication.tenantId,
      prompt_id: publication.promptId,
      version: publication.version,
      target: publication.target,
      external_id: publication.externalId,
      content_hash: publication.contentHash,
      published_at: publication.publishedAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function selectPublications(tx: Transaction<DB>, promptId: string) {
  return tx
    .selectFrom('publication')
    .selectAll()
    .where('prompt_id', '=', promptId)
    .orderBy('id', 'desc')
    .execute();
}

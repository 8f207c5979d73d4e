import {
  requirePermission,
  requireTenant,
  type Identity,
  type Permission,
} from '@maxai/kernel/access';
import { AppError, notFound } from '@maxai/kernel/errors';
import type { Transaction } from 'kysely';
import type { DB } from '../generated/database.ts';
import type { Context } from '../context.ts';
import { findPrompt, selectPublications, selectVersions } from './prompt-store.ts';
import type { PromptRow, PublicationRow, VersionRow } from './prompt-wire.ts';

export type LoadedPrompt = {
  readonly tenantId: string;
  readonly prompt: PromptRow;
  readonly versions: readonly VersionRow[];
  readonly publications: readonly PublicationRow[];
};

export async function loadPromptIn(
  tx: Transaction<DB>,
  identity: Identity,
  permission: Permission,
  promptId: string,
): Promise<LoadedPrompt> {
  const prompt = await findPrompt(tx, promptId);
  if (!prompt) throw notFound();
  requirePermission(identity, permission, prompt.client_id);
  return {
    tenantId: prompt.tenant_id,
    prompt,
    versions: await selectVersions(tx, [promptId]),
    publications: await selectPublications(tx, promptId),
  };
}

/** A prompt with its history, if the caller may use `permission` on its client. */
export function loadPrompt(
  ctx: Context,
  identity: Identity,
  permission: Permission,
  promptId: string,
): Promise<LoadedPrompt> {
  return ctx.db.tenant(requireTenant(identity), (tx) =>
    loadPromptIn(tx, identity, permission, promptId),
  );
}

/** The version asked for, or the latest. */
export function versionOf({ versions }: LoadedPrompt, number: number | undefined): VersionRow {
  const found =
    number === undefined ? versions[0] : versions.find((version) => version.number === number);
  if (!found) throw new AppError('not_found', { detail: 'there is no such version' });
  return found;
}

import type {
  getPrompt as getOperation,
  listPrompts as listOperation,
  renderPrompt as renderOperation,
} from '@maxai/contracts/http/prompt-svc';
import type { BodyOf, QueryOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, visibleClients, type Identity } from '@maxai/kernel/access';
import { listScope, pageOf } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { loadPrompt, versionOf } from './load-prompt.ts';
import { selectPrompts, selectVersions } from './prompt-store.ts';
import { promptToWire, publicationToWire, versionToWire, type VersionRow } from './prompt-wire.ts';
import { renderTemplate } from './template-rules.ts';

export async function listPrompts(
  ctx: Context,
  identity: Identity,
  query: QueryOf<typeof listOperation>,
): Promise<ResultOf<typeof listOperation>> {
  const scope = listScope(visibleClients(identity, 'prompt:read'), query);
  return ctx.db.tenant(requireTenant(identity), async (tx) => {
    const prompts = await selectPrompts(tx, scope);
    const versions = await selectVersions(
      tx,
      prompts.map(({ id }) => id),
    );
    return pageOf(prompts, scope, (prompt) =>
      // Version 1 is written in the transaction that creates the prompt.
      promptToWire(prompt, versions.find(({ prompt_id }) => prompt_id === prompt.id) as VersionRow),
    );
  });
}

export async function getPrompt(
  ctx: Context,
  identity: Identity,
  promptId: string,
): Promise<ResultOf<typeof getOperation>> {
  const loaded = await loadPrompt(ctx, identity, 'prompt:read', promptId);
  return {
    ...promptToWire(loaded.prompt, versionOf(loaded, undefined)),
    versions: loaded.versions.map(versionToWire),
    publications: loaded.publications.map(publicationToWire),
  };
}

export async function renderPrompt(
  ctx: Context,
  identity: Identity,
  promptId: string,
  body: BodyOf<typeof renderOperation>,
): Promise<ResultOf<typeof renderOperation>> {
  const loaded = await loadPrompt(ctx, identity, 'prompt:read', promptId);
  const { number, template, variablesSchema } = versionToWire(versionOf(loaded, body.version));
  return { version: number, text: renderTemplate(template, variablesSchema, body.variables) };
}

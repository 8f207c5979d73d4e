import type { addPromptVersion as operation } from '@maxai/contracts/http/prompt-svc';
import type { BodyOf, ResultOf } from '@maxai/contracts/operation';
import { requireTenant, type Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { writeAudit } from '@maxai/runtime/database';
import type { Context } from '../context.ts';
import { loadPromptIn } from './load-prompt.ts';
import { insertVersion, lockPrompt } from './prompt-store.ts';
import { versionToWire } from './prompt-wire.ts';
import { checkSchema, defaultSchema } from './template-rules.ts';

export async function addPromptVersion(
  ctx: Context,
  identity: Identity,
  promptId: string,
  { template, variablesSchema = defaultSchema(template) }: BodyOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(identity);
  checkSchema(template, variablesSchema);
  const now = ctx.clock.now();
  return ctx.db.tenant(tenantId, async (tx) => {
    await lockPrompt(tx, promptId);
    const { prompt, versions } = await loadPromptIn(tx, identity, 'prompt:write', promptId);
    const version = await insertVersion(tx, {
      id: newId('promptVersion', { nowMs: now.getTime() }),
      tenantId,
      promptId,
      number: versions.length + 1,
      template,
      variablesSchema,
      createdAt: now,
    });
    await writeAudit(tx, {
      tenantId,
      action: 'add-prompt-version',
      identity,
      resource: promptId,
      clientId: prompt.client_id,
      detail: { version: version.number },
      now,
    });
    return versionToWire(version);
  });
}

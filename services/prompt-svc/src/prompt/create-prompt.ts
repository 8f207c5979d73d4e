import { getClient } from '@maxai/contracts/http/iam';
import type { createPrompt as operation } from '@maxai/contracts/http/prompt-svc';
import type { BodyOf, ResultOf } from '@maxai/contracts/operation';
import {
  requirePermission,
  requireTenant,
  serviceIdentity,
  type Identity,
} from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { writeAudit } from '@maxai/runtime/database';
import { service, type Context } from '../context.ts';
import { insertPrompt, insertVersion } from './prompt-store.ts';
import { promptToWire } from './prompt-wire.ts';
import { checkSchema, defaultSchema } from './template-rules.ts';

export async function createPrompt(
  ctx: Context,
  identity: Identity,
  body: BodyOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const tenantId = requireTenant(identity);
  const { name, template, clientId = null, variablesSchema = defaultSchema(template) } = body;
  requirePermission(identity, 'prompt:write', clientId);
  checkSchema(template, variablesSchema);
  if (clientId !== null) {
    const asService = serviceIdentity(service, tenantId);
    await ctx.iam.call(getClient, { identity: asService, params: { clientId } });
  }
  const now = ctx.clock.now();
  const id = newId('prompt', { nowMs: now.getTime() });
  return ctx.db.tenant(tenantId, async (tx) => {
    await insertPrompt(tx, { id, tenantId, clientId, name, createdAt: now });
    const version = await insertVersion(tx, {
      id: newId('promptVersion', { nowMs: now.getTime() }),
      tenantId,
      promptId: id,
      number: 1,
      template,
      variablesSchema,
      createdAt: now,
    });
    await writeAudit(tx, {
      tenantId,
      action: 'create-prompt',
      identity,
      resource: id,
      clientId,
      detail: { name },
      now,
    });
    const prompt = {
      id,
      tenant_id: tenantId,
      client_id: clientId,
      name,
      production_version: null,
      created_at: now,
    };
    return promptToWire(prompt, version);
  });
}

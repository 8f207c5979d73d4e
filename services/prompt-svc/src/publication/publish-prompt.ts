import { getConnectionSecrets } from '@maxai/contracts/http/iam';
import type { publishPrompt as operation } from '@maxai/contracts/http/prompt-svc';
import type { BodyOf, ResultOf } from '@maxai/contracts/operation';
import { createPort, productionBaseUrls } from '@maxai/integrations/create-ports';
import type { VoicePort } from '@maxai/integrations/ports';
import { ProviderError } from '@maxai/integrations/provider-error';
import { serviceIdentity, type Identity } from '@maxai/kernel/access';
import { AppError } from '@maxai/kernel/errors';
import { newId } from '@maxai/kernel/ids';
import { writeAudit } from '@maxai/runtime/database';
import { createHash } from 'node:crypto';
import { service, type Context } from '../context.ts';
import { loadPrompt, versionOf, type LoadedPrompt } from '../prompt/load-prompt.ts';
import { insertPublication, moveProduction } from '../prompt/prompt-store.ts';
import { publicationToWire, versionToWire } from '../prompt/prompt-wire.ts';
import { renderTemplate } from '../prompt/template-rules.ts';

const timeoutMs = 8_000;

/** The voice port of a connection the prompt's client may use: its own, or one of the whole tenant. */
async function openVoice(
  ctx: Context,
  { tenantId, prompt }: LoadedPrompt,
  connectionId: string,
): Promise<VoicePort> {
  const connection = await ctx.iam.call(getConnectionSecrets, {
    identity: serviceIdentity(service, tenantId),
    params: { connectionId },
  });
  const usable = connection.clientId === null || connection.clientId === prompt.client_id;
  if (connection.tenantId !== tenantId || !usable) throw new AppError('unknown_connection');
  return createPort('voice', connection, {
    baseUrls: { ...productionBaseUrls, retell: ctx.config.retellBaseUrl },
  });
}

async function makeLive(voice: VoicePort, llmId: string | null, prompt: string) {
  try {
    return await voice.publishPrompt({ llmId, agentId: null, prompt }, { timeoutMs });
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new AppError('provider_failed', {
      detail: 'Retell did not take the prompt; nothing was changed here',
      cause: error,
    });
  }
}

/**
 * Makes a version live and moves the label `production` to it. The provider comes first: when it fails
 * nothing is recorded, and publishing again sends the same text again, which is harmless.
 */
export async function publishPrompt(
  ctx: Context,
  identity: Identity,
  promptId: string,
  body: BodyOf<typeof operation>,
): Promise<ResultOf<typeof operation>> {
  const loaded = await loadPrompt(ctx, identity, 'prompt:publish', promptId);
  const { tenantId, prompt, publications } = loaded;
  const { number, template, variablesSchema } = versionToWire(versionOf(loaded, body.version));
  const text = renderTemplate(template, variablesSchema, body.variables);
  const voice = await openVoice(ctx, loaded, body.connectionId);
  const llmId = body.externalId ?? publications[0]?.external_id ?? null;
  const { externalId } = await makeLive(voice, llmId, text);
  const now = ctx.clock.now();
  return ctx.db.tenant(tenantId, async (tx) => {
    const row = await insertPublication(tx, {
      id: newId('publication', { nowMs: now.getTime() }),
      tenantId,
      promptId,
      version: number,
      target: 'retell',
      externalId,
      contentHash: createHash('sha256').update(text).digest('hex'),
      publishedAt: now,
    });
    await moveProduction(tx, promptId, number);
    await writeAudit(tx, {
      tenantId,
      action: 'publish-prompt',
      identity,
      resource: promptId,
      clientId: prompt.client_id,
      detail: { version: number, externalId },
      now,
    });
    return publicationToWire(row);
  });
}

import { moneyFromNumber } from '@maxai/kernel/money';
import type Retell from 'retell-sdk';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, urlOf } from '../../call-provider.ts';
import type { CallOptions, VoicePort } from '../../ports.ts';

function isoTime(epochMs: number | undefined): string | null {
  return epochMs === undefined ? null : new Date(epochMs).toISOString();
}

/** The agent's draft; a published version cannot be changed, so the next one is derived from it. */
async function openDraft(client: Retell, agentId: string): Promise<number> {
  const { is_published: published, version } = await client.agent.retrieve(agentId);
  if (published !== true) return version;
  const { version: draft = 0 } = await client.agent.createVersion(agentId, {
    base_version: version,
  });
  return draft;
}

/** Points the draft at the prompt and makes it live. */
async function publishDraft(
  client: Retell,
  { agentId, version }: { readonly agentId: string; readonly version: number },
  llmId: string,
  llmVersion: number,
): Promise<void> {
  await client.agent.update(agentId, {
    version,
    response_engine: {
      type: 'retell-llm',
      llm_id: llmId,
      version: llmVersion,
    },
  });
  await client.agent.publish(agentId, { version });
}

/** Retell behind `VoicePort`. Needs `credentials.apiKey`. */
export function createRetellVoice(config: AdapterConfig): VoicePort {
  const apiKey = requiredField('retell', config, 'credentials', 'apiKey');
  const context = providerContext('retell', config);

  /** Nothing here starts a call, so every verb may be repeated. */
  const call = <T>(options: CallOptions, run: (client: Retell) => Promise<T>): Promise<T> =>
    callProvider(context, { ...options, repeatable: true }, async (fetch) => {
      const { Retell: Client } = await import('retell-sdk');
      const { baseUrl } = config;
      return run(
        new Client({
          apiKey,
          baseURL: baseUrl,
          maxRetries: 0,
          timeout: options.timeoutMs,
          fetch: (url, init) => fetch(urlOf(url), init),
        }),
      );
    });

  return {
    getCall: ({ callId }, options) =>
      call(options, async (client) => {
        const found = await client.call.retrieve(callId);
        return {
          callId: found.call_id,
          agentId: found.agent_id,
          status: found.call_status,
          startedAt: isoTime(found.start_timestamp),
          endedAt: isoTime(found.end_timestamp),
          durationSeconds: Math.ceil((found.duration_ms ?? 0) / 1000),
          cost: found.call_cost ? moneyFromNumber('USD', found.call_cost.combined_cost, 100) : null,
        };
      }),

    getPrompt: ({ llmId }, options) =>
      call(options, async (client) => {
        const llm = await client.llm.retrieve(llmId);
        return { prompt: llm.general_prompt ?? '', version: llm.version ?? 0 };
      }),

    publishPrompt: ({ llmId, agentId, prompt }, options) =>
      call(options, async (client) => {
        // Before the prompt changes: deriving the draft also derives the prompt's next version.
        const draft =
          agentId === null ? null : { agentId, version: await openDraft(client, agentId) };
        const llm =
          llmId === null
            ? await client.llm.create({ start_speaker: 'agent', general_prompt: prompt })
            : await client.llm.update(llmId, { general_prompt: prompt });
        const llmVersion = llm.version ?? 0;
        if (draft !== null) await publishDraft(client, draft, llm.llm_id, llmVersion);
        return {
          externalId: llm.llm_id,
          output: {
            llmId: llm.llm_id,
            llmVersion,
            agentVersion: draft?.version ?? null,
          },
          usage: [],
        };
      }),
  };
}

import { money, moneyFromNumber, type Money } from '@maxai/kernel/money';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider, embeddedStatus, failureOf, unreadable, urlOf } from '../../call-provider.ts';
import { isRecord, numberAt, recordAt, textAt, type JsonRecord } from '../../json-reading.ts';
import type { LlmPort, MeteredUsage } from '../../ports.ts';

/** OpenRouter charges one sum; it is split as the upstream prices were, or by tokens, and always adds up. */
function splitCost(usage: JsonRecord, input: number, output: number): readonly [Money, Money] {
  const total = moneyFromNumber('USD', numberAt(usage, 'cost') ?? 0);
  const details = recordAt(usage, 'cost_details');
  const upstreamInput = numberAt(details, 'upstream_inference_prompt_cost') ?? 0;
  const upstreamOutput = numberAt(details, 'upstream_inference_completions_cost') ?? 0;
  const [left, right] =
    upstreamInput + upstreamOutput > 0
      ? [moneyFromNumber('USD', upstreamInput).nanos, moneyFromNumber('USD', upstreamOutput).nanos]
      : [BigInt(input), BigInt(output)];
  const share = left + right === 0n ? 0n : (total.nanos * left) / (left + right);
  return [money('USD', share), money('USD', total.nanos - share)];
}

function tokenUsage(externalId: string, usage: JsonRecord): readonly [MeteredUsage, MeteredUsage] {
  const input = numberAt(usage, 'prompt_tokens') ?? 0;
  const output = numberAt(usage, 'completion_tokens') ?? 0;
  const [inputCost, outputCost] = splitCost(usage, input, output);
  const common = { externalId, agentExternalId: null };
  return [
    { ...common, meter: 'llm.input_tokens', quantity: input, cost: inputCost },
    { ...common, meter: 'llm.output_tokens', quantity: output, cost: outputCost },
  ];
}

/** OpenRouter behind `LlmPort`. Needs `credentials.apiKey`; `account.appUrl` and `appName` name the app. */
export function createOpenrouterLlm(config: AdapterConfig): LlmPort {
  const apiKey = requiredField('openrouter', config, 'credentials', 'apiKey');
  const context = providerContext('openrouter', config);

  return {
    complete: ({ model, system, prompt, maxTokens, temperature }, options) =>
      callProvider(context, { ...options, repeatable: true }, async (fetch) => {
        const { OpenAI } = await import('openai');
        const client = new OpenAI({
          apiKey,
          baseURL: config.baseUrl,
          maxRetries: 0,
          timeout: options.timeoutMs,
          // The SDK would otherwise take these from the environment.
          organization: null,
          project: null,
          defaultHeaders: {
            'http-referer': textAt(config.account, 'appUrl') || null,
            'x-openrouter-title': textAt(config.account, 'appName') || null,
          },
          fetch: (url, init) => fetch(urlOf(url), init),
        });
        const answer: unknown = await client.chat.completions.create({
          model,
          messages: [
            ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
            { role: 'user', content: prompt },
          ],
          ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
          ...(temperature === undefined ? {} : { temperature }),
        });
        const body = isRecord(answer) ? answer : {};
        const status = embeddedStatus(body);
        if (status !== undefined) {
          throw failureOf(context, { status, headers: new Headers(), body }, true);
        }
        const first: unknown = Array.isArray(body['choices']) ? body['choices'][0] : undefined;
        if (!isRecord(first)) throw unreadable(context, 'no choices', true);
        const externalId = textAt(body, 'id');
        const usage = tokenUsage(externalId, recordAt(body, 'usage'));
        return {
          externalId,
          output: {
            text: textAt(recordAt(first, 'message'), 'content'),
            model: textAt(body, 'model'),
            finishReason: textAt(first, 'finish_reason'),
            inputTokens: usage[0].quantity,
            outputTokens: usage[1].quantity,
          },
          usage,
        };
      }),
  };
}

/** Models and their prices in US dollars a token, as OpenRouter lists them. */
export const models = [
  { id: 'openai/gpt-4.1-mini', context: 1_047_576, prompt: '0.0000004', completion: '0.0000016' },
  { id: 'openai/gpt-4.1', context: 1_047_576, prompt: '0.000002', completion: '0.000008' },
  { id: 'openai/gpt-4o-mini', context: 128_000, prompt: '0.00000015', completion: '0.0000006' },
  {
    id: 'anthropic/claude-sonnet-4',
    context: 200_000,
    prompt: '0.000003',
    completion: '0.000015',
  },
  {
    id: 'google/gemini-2.5-flash',
    context: 1_048_576,
    prompt: '0.0000003',
    completion: '0.0000025',
  },
] as const;

export type Model = (typeof models)[number];

/** The model named, whatever its `:variant`. */
export function findModel(name: string): Model | undefined {
  return models.find((model) => model.id === name.split(':')[0]);
}

export function describeModel(model: Model) {
  return {
    id: model.id,
    canonical_slug: model.id,
    name: model.id,
    context_length: model.context,
    architecture: { input_modalities: ['text'], output_modalities: ['text'] },
    pricing: { prompt: model.prompt, completion: model.completion, request: '0', image: '0' },
    top_provider: { context_length: model.context, is_moderated: false },
    supported_parameters: ['max_tokens', 'temperature', 'response_format', 'structured_outputs'],
  };
}

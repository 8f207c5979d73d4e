import { expect, it } from 'vitest';
import { clients, read, startSandbox } from './support/client.ts';

const messages = [
  { role: 'system', content: 'You are Mia.' },
  { role: 'user', content: 'Can I book Tuesday?' },
];

it('refuses a missing and an unknown key', async () => {
  const { anonymous } = clients(await startSandbox());
  const none = await anonymous.get('/openrouter/api/v1/key');
  expect(none.body['value']).toEqual({
    error: { code: 401, message: 'No auth credentials found' },
  });
  const wrong = await anonymous.get('/openrouter/api/v1/key', { authorization: 'Bearer x' });
  expect(read(wrong, 'error.message')).toBe('User not found.');
});

it('answers the user, with usage and the cost its price list gives', async () => {
  const { openrouter } = clients(await startSandbox());
  const answer = await openrouter.post('/chat/completions', { model: 'openai/gpt-4.1', messages });
  expect(read(answer, 'choices.0.message.content')).toContain('Can I book Tuesday?');
  const id = String(read(answer, 'id'));
  expect(answer.headers.get('x-generation-id')).toBe(id);
  const promptTokens = Number(read(answer, 'usage.prompt_tokens'));
  const completionTokens = Number(read(answer, 'usage.completion_tokens'));
  const cost = promptTokens * 0.000002 + completionTokens * 0.000008;
  expect(read(answer, 'usage.cost')).toBeCloseTo(cost, 12);

  const generation = await openrouter.get(`/generation?id=${id}`);
  expect(read(generation, 'data.total_cost')).toBe(read(answer, 'usage.cost'));
  expect(read(await openrouter.get('/key'), 'data.usage')).toBe(read(answer, 'usage.cost'));
  expect((await openrouter.get('/generation')).status).toBe(404);
  expect(read(await openrouter.get('/models'), 'data.1.pricing.prompt')).toBe('0.000002');
});

it('cuts at max_tokens', async () => {
  const { openrouter } = clients(await startSandbox());
  const answer = await openrouter.post('/chat/completions', {
    model: 'openai/gpt-4.1-mini',
    messages,
    max_tokens: 5,
  });
  expect(read(answer, 'choices.0.finish_reason')).toBe('length');
  expect(read(answer, 'usage.completion_tokens')).toBe(5);
});

it('fills the JSON Schema it is given', async () => {
  const { openrouter } = clients(await startSandbox());
  const schema = {
    type: 'object',
    properties: {
      reply: { type: 'string' },
      intent: { enum: ['book', 'cancel'] },
      urgent: { type: 'boolean' },
      score: { type: 'number', minimum: 3 },
      count: { type: 'integer' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  };
  const ask = (responseFormat: object) =>
    openrouter.post('/chat/completions', {
      model: 'openai/gpt-4.1-mini',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }, {}] }],
      response_format: responseFormat,
    });
  const answer = await ask({ type: 'json_schema', json_schema: { name: 'a', schema } });
  expect(JSON.parse(String(read(answer, 'choices.0.message.content')))).toEqual({
    reply: 'Hello',
    intent: 'book',
    urgent: true,
    score: 3,
    count: 1,
    tags: ['Hello'],
  });
  const plain = await ask({ type: 'json_object' });
  expect(read(plain, 'choices.0.message.content')).toBe('{"reply":"Hello"}');
});

it('streams deltas, then usage, then [DONE]', async () => {
  const { openrouter } = clients(await startSandbox());
  const answer = await openrouter.post('/chat/completions', {
    model: 'openai/gpt-4.1-mini',
    messages,
    stream: true,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const lines = answer.text.trim().split('\n\n');
  expect(lines[0]).toBe(': OPENROUTER PROCESSING');
  expect(lines.at(-1)).toBe('data: [DONE]');
  expect(lines.at(-2)).toContain('"cost"');
});

it('reports a failed generation inside a 200', async () => {
  const { openrouter } = clients(await startSandbox());
  const answer = await openrouter.post('/chat/completions', {
    model: 'openai/gpt-4.1-mini:generation-error',
    messages,
  });
  expect(answer.status).toBe(200);
  expect(read(answer, 'error.code')).toBe(502);
  expect(read(answer, 'choices.0.finish_reason')).toBe('error');
});

it('refuses an unknown model and a request without messages', async () => {
  const { openrouter } = clients(await startSandbox());
  const model = await openrouter.post('/chat/completions', { model: 'x/y', messages });
  expect(read(model, 'error.message')).toBe('x/y is not a valid model ID');
  expect((await openrouter.post('/chat/completions', { model: 'x/y' })).status).toBe(400);
});

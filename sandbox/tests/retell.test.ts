import { expect, it } from 'vitest';
import { clients, read, startSandbox } from './support/client.ts';

type Retell = ReturnType<typeof clients>['retell'];

async function agentWithPrompt(retell: Retell) {
  const llm = await retell.post('/create-retell-llm', { general_prompt: 'Be kind.' });
  const llmId = String(read(llm, 'llm_id'));
  const agent = await retell.post('/create-agent', {
    voice_id: '11labs-Adrian',
    response_engine: { type: 'retell-llm', llm_id: llmId, version: 0 },
  });
  return { llm, llmId, agent, agentId: String(read(agent, 'agent_id')) };
}

it('refuses a missing key as Retell does', async () => {
  const { anonymous } = clients(await startSandbox());
  const refused = await anonymous.get('/retell/v2/get-call/call_1');
  expect(refused.status).toBe(401);
  expect(refused.body['value']).toEqual({
    status: 'error',
    message: 'API key is missing or invalid.',
  });
});

it('publishes a draft, freezes it with its prompt, and edits on in a new version', async () => {
  const sandbox = await startSandbox();
  const { retell } = clients(sandbox);
  const { llm, llmId, agent, agentId } = await agentWithPrompt(retell);
  expect(llm.status).toBe(201);
  expect(read(llm, 'model')).toBe('gpt-4.1');
  expect(read(agent, 'version')).toBe(0);

  const edited = await retell.patch(`/update-retell-llm/${llmId}`, { general_prompt: 'Be brief.' });
  expect(read(edited, 'general_prompt')).toBe('Be brief.');
  await retell.patch(`/update-agent/${agentId}?version=0`, { agent_name: 'Mia' });
  const publish = (version: number) =>
    retell.post(`/publish-agent-version/${agentId}`, { version, version_title: 'First' });
  const published = await publish(0);
  expect([published.status, published.text]).toEqual([200, '']);
  expect(sandbox.state.retell.publications.created).toBe(1);

  expect((await retell.patch(`/update-agent/${agentId}`, { agent_name: 'Max' })).status).toBe(422);
  expect((await retell.patch(`/update-retell-llm/${llmId}`, {})).status).toBe(422);

  const next = await retell.post(`/create-agent-version/${agentId}`, { base_version: 0 });
  expect(next.status).toBe(201);
  expect(read(next, 'response_engine.version')).toBe(1);
  expect(read(next, 'is_published')).toBe(false);
  await retell.patch(`/update-retell-llm/${llmId}?version=1`, { general_prompt: 'Be bold.' });
  expect(read(await retell.get(`/get-retell-llm/${llmId}?version=0`), 'general_prompt')).toBe(
    'Be brief.',
  );
  expect(read(await retell.get(`/get-retell-llm/${llmId}`), 'general_prompt')).toBe('Be bold.');
  expect(read(await retell.get(`/get-agent/${agentId}`), 'agent_name')).toBe('Mia');
  const versions = await retell.get(`/get-agent-versions/${agentId}`);
  expect(read(versions, '1.base_version')).toBe(0);
});

it('versions an agent whose language model is not its own', async () => {
  const { retell } = clients(await startSandbox());
  const agent = await retell.post('/create-agent', {
    voice_id: 'v',
    response_engine: { type: 'custom-llm', llm_websocket_url: 'wss://x.example' },
  });
  const id = String(read(agent, 'agent_id'));
  expect((await retell.post(`/create-agent-version/${id}`, { base_version: 0 })).status).toBe(201);
  expect((await retell.post(`/publish-agent-version/${id}`, { version: 1 })).status).toBe(200);
});

it('answers 400 to what is incomplete and 422 to what does not exist', async () => {
  const { retell } = clients(await startSandbox());
  const { agentId } = await agentWithPrompt(retell);
  expect((await retell.post('/create-agent', {})).status).toBe(400);
  expect((await retell.post(`/publish-agent-version/${agentId}`, {})).status).toBe(400);
  expect((await retell.post('/create-agent-version/agent_x', {})).status).toBe(422);
  expect((await retell.post(`/create-agent-version/${agentId}`, {})).status).toBe(422);
  expect((await retell.get('/get-agent/agent_x')).status).toBe(422);
  expect((await retell.get('/get-agent-versions/agent_x')).status).toBe(422);
  expect((await retell.get('/get-retell-llm/llm_x')).status).toBe(422);
  expect((await retell.get('/v2/get-call/call_x')).status).toBe(422);
});

it('finds a call it told of, and lists calls by filter without their transcripts', async () => {
  const sandbox = await startSandbox();
  const { retell } = clients(sandbox);
  const tell = (event: 'retell.call_started' | 'retell.call_ended', id: string, startMs: number) =>
    sandbox.sign({
      event,
      url: 'http://localhost/',
      data: { call_id: id, start_timestamp: startMs, agent_id: 'agent_1', duration_ms: 10_000 },
    });
  tell('retell.call_ended', 'call_1', 1000);
  tell('retell.call_ended', 'call_2', 2000);
  tell('retell.call_started', 'call_3', 3000);

  const call = await retell.get('/v2/get-call/call_1');
  expect(read(call, 'call_cost.combined_cost')).toBeCloseTo(2.1667, 3);
  expect(read(call, 'transcript')).toContain('Agent:');

  const first = await retell.post('/v3/list-calls', {
    filter_criteria: { agent_id: ['agent_1'], start_timestamp: { lower_threshold: 1500 } },
    limit: 1,
    include_total: true,
  });
  expect(first.body['value']).toMatchObject({
    has_more: true,
    pagination_key: 'call_3',
    total: 2,
    items: [{ call_id: 'call_3' }],
  });
  const second = await retell.post('/v3/list-calls', {
    filter_criteria: { start_timestamp: { upper_threshold: 2500 } },
    pagination_key: 'call_2',
  });
  expect(read(second, 'items.0.call_id')).toBe('call_1');
  expect(read(second, 'items.0.transcript')).toBeUndefined();
  const ascending = await retell.post('/v3/list-calls', { sort_order: 'ascending' });
  expect(read(ascending, 'items.0.call_id')).toBe('call_1');
  expect(read(await retell.get('/get-concurrency'), 'current_concurrency')).toBe(1);
});

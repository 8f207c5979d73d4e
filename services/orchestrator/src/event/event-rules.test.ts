import { expect, test } from 'vitest';
import { mayStart } from './event-rules.ts';

const trigger = { event: 'call.ended' } as const;

test.each([
  [null, 'cli_a', 'call.ended', true],
  [null, null, 'call.ended', true],
  ['cli_a', 'cli_a', 'call.ended', true],
  ['cli_a', 'cli_b', 'call.ended', false],
  ['cli_a', null, 'call.ended', false],
  [null, 'cli_a', 'call.started', false],
] as const)(
  'a flow of client %s and an event of client %s and type %s: %s',
  (own, client, type, starts) => {
    const flow = { clientId: own, document: { trigger } };
    expect(mayStart(flow, { clientId: client, type, provider: 'retell' })).toBe(starts);
  },
);

test("a workflow's result starts no flow", () => {
  const flow = { clientId: null, document: { trigger: { event: 'other' } } } as const;
  expect(mayStart(flow, { clientId: null, type: 'other', provider: 'n8n' })).toBe(false);
  expect(mayStart(flow, { clientId: null, type: 'other', provider: 'retell' })).toBe(true);
});

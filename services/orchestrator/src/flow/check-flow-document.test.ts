import type { FlowDocument } from '@maxai/contracts/flows/flow-document';
import type { AppError } from '@maxai/kernel/errors';
import { expect, test } from 'vitest';
import { checkFlowDocument } from './check-flow-document.ts';

const step = (key: string, input: Record<string, unknown>, when?: string) => ({
  key,
  action: 'llm.complete' as const,
  input,
  ...(when !== undefined && { when }),
});
const flow = (steps: FlowDocument['steps'], filter?: string): FlowDocument => ({
  version: 1,
  trigger: { event: 'call.ended', ...(filter !== undefined && { filter }) },
  steps,
});

function problemsOf(document: FlowDocument) {
  try {
    checkFlowDocument(document);
    return [];
  } catch (error) {
    return (error as AppError).errors;
  }
}

test('a flow whose steps read only earlier steps is accepted', () => {
  const steps = [
    step('ask', {}),
    step('tell', { to: '=steps.ask.output.text' }, 'steps.ask.output'),
  ];
  expect(problemsOf(flow(steps, 'event.data.direction = "inbound"'))).toEqual([]);
});

test('every problem is named with its place', () => {
  const steps = [step('ask', { prompt: '=steps.later.output' }), step('ask', {}, 'event.(')];
  expect(problemsOf(flow(steps, '1 +'))).toEqual([
    { pointer: 'body/document/trigger/filter', detail: expect.stringContaining('"1 +"') },
    {
      pointer: 'body/document/steps/0',
      detail: 'reads step "later", which does not run before it',
    },
    { pointer: 'body/document/steps/1', detail: expect.stringContaining('"event.("') },
    { pointer: 'body/document/steps/1/key', detail: 'key "ask" is used twice' },
  ]);
});

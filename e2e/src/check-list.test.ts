import { expect, it } from 'vitest';
import { createCheckList, fileNameOf } from './check-list.ts';

it('passes when every check does', async () => {
  const lines: string[] = [];
  const { check, finish } = createCheckList({
    print: (line) => lines.push(line),
    onFailure: async () => 'unused',
  });
  await check('the sky is blue', async () => undefined);
  expect(finish()).toBe(0);
  expect(lines).toEqual(['ok      the sky is blue', '1 passed, 0 failed']);
});

it('goes on after a failure, and tells its reason and its evidence', async () => {
  const lines: string[] = [];
  const { check, finish } = createCheckList({
    print: (line) => lines.push(line),
    onFailure: async (name) => `screenshot ${fileNameOf(name)}`,
  });
  await check('The sky, is green', () =>
    Promise.reject(new Error('blue\nCall log:\n - looked up')),
  );
  await check('grass is green', async () => undefined);
  expect(finish()).toBe(1);
  expect(lines).toEqual([
    'FAILED  The sky, is green\n        Error: blue\n        screenshot the-sky-is-green.png',
    'ok      grass is green',
    '1 passed, 1 failed',
  ]);
});

it('reports a failure whose evidence cannot be kept', async () => {
  const lines: string[] = [];
  const { check } = createCheckList({
    print: (line) => lines.push(line),
    onFailure: () => Promise.reject(new Error('the browser is gone')),
  });
  await check('something', () => Promise.reject(new Error('why')));
  expect(lines.join()).toContain('the browser is gone');
});

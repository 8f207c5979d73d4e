import { expect, it } from 'vitest';
import { createStatementNames } from './kept-statements.ts';

const use = (nameOf: ReturnType<typeof createStatementNames>, text: string, times: number) =>
  Array.from({ length: times }, () => nameOf(text)).at(-1);

it('names a statement from its fifth use on, the same one each time', () => {
  const nameOf = createStatementNames();
  expect(use(nameOf, 'select 1', 4)).toBeUndefined();
  expect(use(nameOf, 'select 1', 1)).toBe('kept_1');
  expect(use(nameOf, 'select 2', 5)).toBe('kept_2');
  expect(nameOf('select 1')).toBe('kept_1');
});

it('names a hundred at most, and forgets the count of what is used rarely', () => {
  const nameOf = createStatementNames();
  use(nameOf, 'select often', 4);
  for (let one = 0; one < 1000; one += 1) nameOf(`select once ${one}`);
  expect(nameOf('select often')).toBeUndefined();
  for (let one = 1; one <= 100; one += 1) {
    expect(use(nameOf, `select ${one}`, 5)).toBe(`kept_${one}`);
  }
  expect(use(nameOf, 'select one more', 9)).toBeUndefined();
  expect(nameOf('select 100')).toBe('kept_100');
});

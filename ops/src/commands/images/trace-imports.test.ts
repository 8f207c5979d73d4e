import { expect, it } from 'vitest';
import { importedSpecifiers } from './trace-imports.ts';

it('finds what a file loads when it runs, and not what it only names types of', () => {
  const source = `
import { one, type One } from './one.ts';
import type { Two } from './two.ts';
import type Default from 'types-only';
import type {
  Three,
} from 'also-types-only';
import * as four from '@our/four/deep';
import './five.ts';
export { six } from './six.ts';
export type { Seven } from './seven.ts';
export type Eight = { from: string };
const nine = await import('nine');
const ten = createRequire(import.meta.url).resolve(
  'ten/file',
);
`;
  expect(importedSpecifiers(source)).toEqual([
    './one.ts',
    '@our/four/deep',
    './five.ts',
    './six.ts',
    'nine',
    'ten/file',
  ]);
});

import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('names every setting that is missing', () => {
  expect(() => readConfig({})).toThrow(/PROMPT_SVC_DATABASE_URL[^]*PROMPT_SVC_RETELL_BASE_URL/);
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { chromiumOf } from './chromium.ts';

const emptyFolder = () => mkdtempSync(join(tmpdir(), 'maxai-e2e-'));
const never = () => {
  throw new Error('nothing was to be installed');
};

it('finds a Chromium under any of its names', () => {
  const folder = emptyFolder();
  const path = join(folder, 'google-chrome');
  writeFileSync(path, '');
  const searchPath = [emptyFolder(), folder].join(delimiter);
  expect(chromiumOf({ searchPath, userId: 0, run: never })).toBe(path);
});

it('installs the distribution’s when root has none', () => {
  const searchPath = emptyFolder();
  const path = join(searchPath, 'chromium');
  const commands: string[] = [];
  const run = (command: string, args: readonly string[]) => {
    commands.push([command, ...args].join(' '));
    writeFileSync(path, '');
    return 0;
  };
  expect(chromiumOf({ searchPath, userId: 0, run })).toBe(path);
  expect(commands.at(-1)).toBe('apt-get install -y -qq --no-install-recommends chromium');
});

it('says how to install one when it may not', () => {
  const searchPath = emptyFolder();
  expect(() => chromiumOf({ searchPath, userId: 1000, run: never })).toThrow(
    'sudo apt-get install -y chromium',
  );
});

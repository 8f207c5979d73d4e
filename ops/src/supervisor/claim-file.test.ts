import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { claimFile } from './claim-file.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'maxai-claim-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

const dead = { pid: 1, startTicks: -1, id: 'dead' };

/** Claims again and again, over dead claims too; ends with 1 when it fails or finds somebody else inside. */
const contender = `
  const { claimFile } = await import(${JSON.stringify(join(import.meta.dirname, 'claim-file.ts'))});
  const { closeSync, openSync, rmSync } = await import('node:fs');
  const [, path] = process.argv;
  for (let done = 0; done < 200;) {
    const claim = claimFile(path);
    if (!('release' in claim)) continue;
    closeSync(openSync(path + '.inside', 'wx'));
    rmSync(path + '.inside');
    claim.release();
    done += 1;
  }`;

test('processes that claim one file at once are inside one at a time', async () => {
  const path = join(folder(), 'claim');
  writeFileSync(path, JSON.stringify(dead));
  const contenders = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--input-type=module', '-e', contender, path], { stdio: 'inherit' }),
  );
  const codes = await Promise.all(contenders.map(async (one) => (await once(one, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
});

test('a claim that another has taken over since is not released with the first one', () => {
  const at = folder();
  const path = join(at, 'claim');
  const first = claimFile(path);
  rmSync(path);
  const second = claimFile(path);
  expect([first, second].every((claim) => 'release' in claim)).toBe(true);
  if ('release' in first) first.release();
  expect(readdirSync(at)).toEqual(['claim']);
  if ('release' in second) second.release();
  expect(readdirSync(at)).toEqual([]);
});

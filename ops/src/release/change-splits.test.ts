import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { readSplits, writeSplits, type TrafficSplit } from '../edge/traffic-split.ts';
import { claimFile } from '../supervisor/claim-file.ts';
import { changeSplits } from './change-splits.ts';

const split: TrafficSplit = {
  stable: { version: 'old', url: 'http://old' },
  canary: { version: 'new', url: 'http://new' },
  canaryPercent: 10,
};

function trafficFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-splits-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'traffic.json');
}

test('a change waits for the one that is being written, and keeps it', async () => {
  const file = trafficFile();
  const other = claimFile(`${file}.claim`);
  const change = changeSplits(file, (splits) => ({ ...splits, iam: split }));
  await wait(250);
  expect(readSplits(file)).toEqual({});
  writeSplits(file, { payments: split });
  if ('release' in other) other.release();
  await change;
  expect(readSplits(file)).toEqual({ payments: split, iam: split });
});

test('a change that fails or changes nothing writes nothing, and the next is made', async () => {
  const file = trafficFile();
  const refuse = () => {
    throw new Error('another release has it');
  };
  await expect(changeSplits(file, refuse)).rejects.toThrow('another release has it');
  await changeSplits(file, () => undefined);
  expect(readSplits(file)).toEqual({});
  await changeSplits(file, () => ({ iam: split }));
  expect(readSplits(file)).toEqual({ iam: split });
});

test('a change behind one that does not end says who holds the file', async () => {
  const file = trafficFile();
  claimFile(`${file}.claim`);
  const holder = `process ${process.pid} has held ${file}.claim for 5 s`;
  await expect(changeSplits(file, () => ({ iam: split }))).rejects.toThrow(holder);
  expect(readSplits(file)).toEqual({});
});

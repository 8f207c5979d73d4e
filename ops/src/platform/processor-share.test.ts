import { deployables } from '@maxai/topology/development-plan';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { spawnProcess } from '../supervisor/spawn-process.ts';
import { stepBack } from '../supervisor/step-back.ts';
import { nicenessOf } from './processor-share.ts';

it('puts what must be quickest before what people wait for, and the books last', () => {
  const rows = Object.groupBy(deployables, nicenessOf);
  const names = Object.values(rows).map((row = []) => row.map(({ name }) => name).toSorted());
  expect(names).toEqual([
    ['edge', 'iam', 'orchestrator-worker', 'sandbox', 'webhook-ingress'],
    [
      'admin-web',
      'api-gateway',
      'billing-usage',
      'orchestrator',
      'payments',
      'portal-web',
      'prompt-svc',
    ],
    ['billing-usage-worker', 'payments-worker'],
  ]);
});

/** Of the process and its session; a kernel without such sessions counts the process's own. */
function nicenessOn(pid: number): readonly number[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const own = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  const session = `/proc/${pid}/autogroup`;
  return [own, existsSync(session) ? Number(readFileSync(session, 'utf8').split(' ').at(-1)) : own];
}

it('is given to a process and its session when it is started', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-share-'));
  const { pid, stop } = spawnProcess({
    command: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    cwd: folder,
    env: {},
    logFile: join(folder, 'log'),
    niceness: 7,
  });
  await expect.poll(() => nicenessOn(pid), { timeout: 10_000 }).toEqual([7, 7]);
  await stop(1000);
  rmSync(folder, { recursive: true });
});

it('is of no matter to a process that has ended', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const pid = Number(child.pid);
  await once(child, 'exit');
  await expect(stepBack(pid, 7, new AbortController().signal)).resolves.toBeUndefined();
});

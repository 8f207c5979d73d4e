import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { liveMemoryMb } from './live-memory.ts';

const inspectorPort = 9229;
const ended: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

/** A process that holds 40 MB and leaves 80 MB of garbage behind, and says so when it has. */
async function wasteful(): Promise<number> {
  const program = `
    globalThis.kept = Array.from({ length: 40 }, () => new Array(125_000).fill(0.5));
    Array.from({ length: 80 }, () => new Array(125_000).fill(0.5));
    setInterval(() => undefined, 1000);
    process.stdout.write('ready');`;
  const child = spawn(process.execPath, ['--eval', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  ended.push(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  return Number(child.pid);
}

describe('live memory', () => {
  it('is what a process still needs, not what it has not yet given back, and can be asked again', async () => {
    const pid = await wasteful();
    const first = await liveMemoryMb(pid);
    expect(first).toBeGreaterThan(40);
    expect(first).toBeLessThan(60);
    expect(Math.abs((await liveMemoryMb(pid)) - first)).toBeLessThan(2);
  });

  it('is not measured through the inspector of another program', async () => {
    const other = createServer().listen(inspectorPort, '127.0.0.1');
    ended.push(async () => {
      other.close();
      await once(other, 'close');
    });
    await once(other, 'listening');
    await expect(liveMemoryMb(process.pid)).rejects.toThrow(
      "Port 9229 for Node's inspector, by which live memory is measured is in use",
    );
  });
});

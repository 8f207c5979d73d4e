import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { holdersOf } from './held-secrets.ts';

const secret = () => randomBytes(24).toString('hex');

async function whileRunning<T>(
  options: { env?: Record<string, string>; argument?: string },
  work: (pid: number) => T,
): Promise<T> {
  const child = spawn(
    process.execPath,
    ['-e', "process.stdout.write('up'); setInterval(() => {}, 1000)", options.argument ?? ''],
    { env: options.env ?? {}, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await once(child.stdout, 'data');
  try {
    return work(Number(child.pid));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

describe('processes that hold a secret', () => {
  it('are found by their environment, as it is or within a URL, and by their command line [R127]', async () => {
    const [plain, inUrl, argument] = [secret(), `${secret()}/+`, secret()];
    const values = { plain, inUrl, argument };
    const env = { A: plain, B: `postgres://role:${encodeURIComponent(inUrl)}@host/db` };
    const [held, pid] = await whileRunning({ env, argument }, (child) => [
      holdersOf(values),
      child,
    ]);
    expect(held.map((holder) => [holder.pid, holder.secret])).toEqual([
      [pid, 'plain'],
      [pid, 'inUrl'],
      [pid, 'argument'],
    ]);
    expect(holdersOf(values)).toEqual([]);
  });

  it('are those with the private half of a key, not those with its public half', async () => {
    const [x, d] = [secret(), secret()];
    const values = { key: JSON.stringify({ kty: 'OKP', x, d }) };
    const found = (env: Record<string, string>) =>
      whileRunning({ env }, () => holdersOf(values).length);
    expect(await found({ PUBLIC: JSON.stringify({ keys: [{ x }] }) })).toBe(0);
    expect(await found({ PRIVATE: JSON.stringify({ x, d }) })).toBe(1);
    expect(holdersOf({ key: '{}' })).toEqual([]);
  });
});

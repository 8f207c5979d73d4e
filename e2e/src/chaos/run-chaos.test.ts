import { repositoryRoot, stateFolderOf } from '@maxai/ops/platform/environment';
import { localPlatformOf } from '@maxai/ops/platform/local-platform';
import { createPlatform, type Platform } from '@maxai/ops/platform/platform';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killOnce } from './kill-in-turn.ts';
import { chaosProcesses, runChaos } from './run-chaos.ts';
import { sendDeliveries } from './send-deliveries.ts';

const folder = mkdtempSync(join(tmpdir(), 'maxai-chaos-test-'));
chmodSync(folder, 0o711);
const env = { MAXAI_PORT: '24080', MAXAI_STATE: folder };
let platform: Platform;

beforeAll(async () => {
  const state = stateFolderOf(env);
  platform = createPlatform({
    ...localPlatformOf(env, state),
    root: repositoryRoot,
    state,
    only: chaosProcesses,
    renderer: 'silent',
    seed: () => Promise.resolve(),
    report: () => undefined,
  });
  await platform.start();
}, 240_000);
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('chaos', () => {
  it(
    'loses and doubles nothing when the intake and its worker are killed',
    { timeout: 240_000 },
    async () => {
      const verdict = await runChaos(env, {
        seconds: 4,
        rate: 40,
        drainSeconds: 120,
        victims: ['webhook-ingress', 'orchestrator-worker'],
      });
      expect(verdict.counts.filter(({ found, expected }) => found !== expected)).toEqual([]);
      expect(verdict.kills.map(({ name }) => name)).toEqual([
        'webhook-ingress',
        'orchestrator-worker',
      ]);
      expect(verdict.counts[0]?.found).toBeGreaterThan(0);
      expect(verdict.passed).toBe(true);
    },
  );

  it('names a victim that does not exist', async () => {
    await expect(killOnce(stateFolderOf(env), 'nobody')).rejects.toThrow(
      /no process called nobody/,
    );
  });
});

describe('a provider that is never acknowledged', () => {
  it('gives each delivery up after its last attempt', async () => {
    const outcome = await sendDeliveries({
      origin: 'http://127.0.0.1:1',
      path: '/',
      secret: 'key',
      rate: 20,
      seconds: 0.1,
      matchEvery: 2,
      attemptsMax: 3,
      pauseMs: 1,
    });
    expect([...outcome.givenUp]).toEqual(['call_chaos_0', 'call_chaos_1']);
    expect(outcome).toMatchObject({ attempts: 6, acknowledged: new Set(), matching: new Set() });
  });
});

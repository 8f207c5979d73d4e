import { createProviderMix } from '@maxai/bench/provider-mix';
import { openStateFolder } from '@maxai/ops/supervisor/state-folder';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { victimsOf, witness } from './chaos-plan.ts';
import { killInTurn, killOnce } from './kill-in-turn.ts';
import { startNetworkPlatform, type NetworkPlatform } from './network/network-platform.ts';
import { runInside } from './network/run-inside.ts';
import { runChaos } from './run-chaos.ts';
import { sendDeliveries } from './send-deliveries.ts';
import { writePrompts } from './write-prompts.ts';

const folder = mkdtempSync(join(tmpdir(), 'maxai-chaos-test-'));
chmodSync(folder, 0o711);
let platform: NetworkPlatform;

beforeAll(async () => {
  const state = openStateFolder(folder);
  platform = await startNetworkPlatform({
    state,
    port: 24_080,
    hosts: {},
    report: () => undefined,
  });
}, 240_000);
afterAll(async () => {
  await platform.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** What a run must have had something of, to say that none was lost. */
const proven = [
  'acknowledged deliveries that are stored',
  'deliveries with exactly one event',
  'acknowledged triggers of a flow with exactly one message',
  'messages at the provider, one for each effect done',
  'ended calls with exactly one usage line',
  'paid invoices with exactly one ledger entry',
  'acknowledged prompts that are kept',
];

describe('chaos', () => {
  it(
    'loses and doubles nothing when the intake and its worker are killed',
    { timeout: 240_000 },
    async () => {
      const victims = ['webhook-ingress', 'orchestrator-worker'];
      const verdict = await runChaos(platform, {
        seconds: 4,
        rate: 40,
        drainSeconds: 120,
        disturb: () => killInTurn(platform.state, victims, 4),
      });
      expect(verdict.counts.filter(({ found, expected }) => found !== expected)).toEqual([]);
      const toFind = verdict.counts.filter(({ expected }) => expected > 0);
      expect(toFind.map(({ what }) => what)).toEqual(proven);
      expect(verdict.disturbances.map(({ name }) => name)).toEqual(victims);
      expect(Object.keys(verdict.acknowledgedPerProvider).toSorted()).toEqual([
        'highlevel',
        'retell',
        'stripe',
        'twilio',
      ]);
      expect(verdict.passed).toBe(true);
    },
  );

  it('goes on after the providers were away for a moment', { timeout: 120_000 }, async () => {
    const sandbox = platform.state
      .readSupervisor()
      ?.children.find(({ name }) => name === 'sandbox');
    const stop = { name: 'sandbox stopped', link: 'providers' } as const;
    const signal = (name: NodeJS.Signals) => () => void process.kill(Number(sandbox?.pid), name);
    const verdict = await runInside(platform, {
      rate: 10,
      eachSeconds: 1,
      drainSeconds: 60,
      faults: [{ ...stop, begin: signal('SIGSTOP'), end: signal('SIGCONT') }],
    });
    expect(verdict.counts.filter(({ found, expected }) => found !== expected)).toEqual([]);
    expect(verdict.disturbances).toMatchObject([{ name: 'sandbox stopped' }]);
    expect(verdict.disturbances[0]?.backAfterMs).toBeGreaterThanOrEqual(0);
  });

  it('spares the witness, and nothing else', () => {
    const names = platform.plan.processes.map(({ name }) => name);
    expect(victimsOf(platform.plan).toSorted()).toEqual(
      [
        ...names.filter((name) => name !== witness),
        'postgres',
        'redis-cache',
        'redis-queue',
      ].toSorted(),
    );
  });

  it('names a victim that does not exist', async () => {
    await expect(killOnce(platform.state, 'nobody')).rejects.toThrow(/no process called nobody/);
  });

  it('does not repeat a prompt that is refused', async () => {
    const order = { origin: platform.origin, apiKey: 'mxk_unknown', perSecond: 1, seconds: 1 };
    await expect(writePrompts(order)).rejects.toMatchObject({ status: 401 });
  });
});

describe('providers that are never acknowledged', () => {
  it('give each delivery up after its last attempt', async () => {
    const target = { path: '/', secret: 'key' };
    const outcome = await sendDeliveries({
      origin: 'http://127.0.0.1:1',
      mix: createProviderMix({
        publicUrl: 'http://localhost',
        invoiceIds: ['in_1'],
        targets: { retell: target, twilio: target, highlevel: target, stripe: target },
        watchEvery: 2,
      }),
      rate: 20,
      seconds: 0.1,
      attemptsMax: 3,
      pauseMs: 1,
    });
    expect(outcome).toEqual({ acknowledged: [], givenUp: 2, attempts: 6 });
  });
});

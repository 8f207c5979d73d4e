import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readReleaseHistory, whyOldCodeMayRun } from '../../src/commands/db/release-history.ts';
import { releaseCommand } from '../../src/commands/release/command.ts';
import { decideThere } from '../../src/commands/release/on-cluster.ts';
import { retireReleases } from '../../src/release/retire-releases.ts';

let folder: string;
let said: string;
const path = String(process.env['PATH']);

/** Somebody else's program: writes down what it is told, and answers with what the files say. */
function kubectl(rollout: object, replicaSets: readonly object[] = []): void {
  writeFileSync(join(folder, 'rollout.json'), JSON.stringify({ metadata: {}, ...rollout }));
  writeFileSync(join(folder, 'replica-sets.json'), JSON.stringify({ items: replicaSets }));
  writeFileSync(
    join(folder, 'kubectl'),
    `#!/bin/sh
echo "$*" >> ${folder}/calls
case "$*" in
  *'get rollouts'*) cat ${folder}/rollout.json ;;
  *'get replicasets'*) cat ${folder}/replica-sets.json ;;
esac
`,
  );
  chmodSync(join(folder, 'kubectl'), 0o755);
}

const hour = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * hour).toISOString();

/** A version as Argo Rollouts keeps it; revisions count up with every change of the Rollout. */
const replicaSet = (revision: number, version: string, createdAt: string) => ({
  metadata: {
    creationTimestamp: createdAt,
    annotations: { 'rollout.argoproj.io/revision': String(revision) },
  },
  spec: {
    template: {
      metadata: { labels: { app: 'iam', 'rollouts-pod-template-hash': version } },
      spec: { containers: [{ env: [{ name: 'IAM_VERSION', value: version }] }] },
    },
  },
});

const promoted = (version: string, hoursAgo: number) => ({
  metadata: { generation: 3 },
  status: {
    phase: 'Healthy',
    observedGeneration: '3',
    stableRS: version,
    currentPodHash: version,
    conditions: [{ type: 'Completed', status: 'True', lastTransitionTime: ago(hoursAgo) }],
  },
});
const judging = (phase: string, more: object = {}) => ({
  metadata: { generation: 3 },
  status: { phase, observedGeneration: '3', stableRS: 'v1', currentPodHash: 'v2', ...more },
});
const twoVersions = [replicaSet(1, 'v1', ago(100)), replicaSet(2, 'v2', ago(21))];

/** What was asked of the cluster but for reading. */
const changes = () => calls().filter((line) => !line.includes(' get '));

const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const command = (...args: string[]) =>
  releaseCommand()
    .exitOverride()
    .parseAsync(['node', 'maxai', ...args]);
const onIam = ['--environment', 'production', '--service', 'iam'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maxai-kubectl-'));
  process.env['PATH'] = `${folder}:${path}`;
  said = '';
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said += `${text}\n`;
  });
});

afterEach(() => {
  process.env['PATH'] = path;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe('a release on a cluster', () => {
  it('is told in a line: phase, versions, share and what it waits for', async () => {
    kubectl({
      metadata: { annotations: { 'maxai.io/last-decision': 'promote' } },
      status: {
        phase: 'Progressing',
        message: 'more replicas need to be updated',
        stableRS: 'aaa',
        currentPodHash: 'bbb',
        canary: { weights: { canary: { weight: 10 } } },
      },
    });
    await command('status', ...onIam);
    expect(said).toBe(
      'prod-services/iam: Progressing, bbb beside aaa, new version 10 %, more replicas need to be updated, last decision: promote\n',
    );
  });

  it('is told of every service when none is named', async () => {
    kubectl({ status: { phase: 'Healthy', stableRS: 'aaa', currentPodHash: 'aaa' } });
    await command('status', '--environment', 'staging');
    expect(said).toContain('staging-api/api-gateway: Healthy, aaa has everything');
    expect(said).toContain('staging-jobs/payments-worker: Healthy');
    kubectl({});
    said = '';
    await command('status', ...onIam);
    expect(said).toContain('not observed yet, no version has everything');
  });

  it('is promoted and aborted by what Argo Rollouts reads in its status, once that is written down', async () => {
    kubectl(judging('Paused'), twoVersions);
    await command('promote', ...onIam);
    await command('abort', ...onIam);
    const patch = '--namespace prod-services patch rollouts.argoproj.io iam --type merge';
    const noted = (decision: string) =>
      expect.stringMatching(
        new RegExp(
          `annotate rollouts.argoproj.io iam --overwrite maxai.io/last-decision=${decision} of v2 over v1 by \\S+ at 20`,
        ),
      );
    expect(changes()).toEqual([
      noted('promote'),
      `${patch} --subresource status --patch {"status":{"promoteFull":true}}`,
      noted('abort'),
      `${patch} --subresource status --patch {"status":{"abort":true}}`,
    ]);
    expect(said).toContain('abort of prod-services/iam is asked for');
  });

  it('is rolled back to the template of the version before, without its hash [R89]', async () => {
    kubectl(promoted('v10', 20), [
      replicaSet(2, 'v2', ago(300)),
      replicaSet(10, 'v10', ago(21)),
      replicaSet(9, 'v9', ago(100)),
    ]);
    await command('rollback', '--environment', 'staging', '--service', 'iam');
    expect(changes()[1]).toBe(
      '--namespace staging-services patch rollouts.argoproj.io iam --type json --patch [{"op":"replace","path":"/spec/template","value":{"metadata":{"labels":{"app":"iam"}},"spec":{"containers":[{"env":[{"name":"IAM_VERSION","value":"v9"}]}]}}}]',
    );
  });

  it('that was rolled back in production does not let the release before be retired', () => {
    kubectl(promoted('v2', 20), twoVersions);
    const history = (version: string) =>
      join(folder, 'topology/releases/history', `${version}.json`);
    mkdirSync(dirname(history('v1')), { recursive: true });
    for (const [version, hours] of [
      ['v1', 100],
      ['v2', 20],
    ] as const) {
      const record = { version, commit: 'c', releasedAt: ago(hours), retiredAt: null };
      writeFileSync(history(version), JSON.stringify(record));
    }
    const there = { environment: 'production', service: 'iam' };
    const answer = decideThere('rollback', there, { cwd: folder, env: process.env });
    expect(answer).toContain('Commit and merge topology/releases/history/v2.json');
    expect(JSON.parse(readFileSync(history('v2'), 'utf8'))).toEqual({
      version: 'v2',
      commit: 'c',
      releasedAt: expect.any(String),
      retiredAt: null,
      rolledBackAt: expect.any(String),
    });
    expect(retireReleases(folder, new Date(Date.now() + 1000 * hour))).toEqual([]);
    expect(whyOldCodeMayRun(readReleaseHistory(folder), 'v2')).toContain('release v1');
  });

  it('that was rolled back is written down even before it was recorded as released', () => {
    kubectl(promoted('v2', 0), twoVersions);
    const there = { environment: 'production', service: 'iam' };
    decideThere('rollback', there, { cwd: folder, env: process.env });
    expect(readReleaseHistory(folder)).toEqual([
      { version: 'v2', releasedAt: null, retiredAt: null, rolledBackAt: expect.any(String) },
    ]);
  });

  it.each([
    [
      'rollback',
      'after a rollback',
      promoted('v1', 1),
      [replicaSet(3, 'v1', ago(100)), replicaSet(2, 'v2', ago(21))],
      /prod-services\/iam is rolled-back: there is no version to roll back to/,
    ],
    ['rollback', 'once the old version is gone', promoted('v2', 25), twoVersions, /v1 was kept/],
    ['rollback', 'while it is judged', judging('Progressing'), twoVersions, /is not promoted yet/],
    ['rollback', 'before its change was seen', {}, twoVersions, /is not promoted yet/],
    ['promote', 'when it is promoted', promoted('v2', 1), twoVersions, /is promoted already/],
    [
      'abort',
      'when it is aborted',
      judging('Degraded', { abort: true }),
      twoVersions,
      /is aborted already/,
    ],
    [
      'abort',
      'of the only version',
      promoted('v1', 1),
      twoVersions.slice(0, 1),
      /nothing to abort/,
    ],
    [
      'rollback',
      'of the only version',
      promoted('v1', 1),
      twoVersions.slice(0, 1),
      /no version to roll back to/,
    ],
    ['promote', 'of nothing', {}, [], /no version to promote[\s\S]*npx maxai pipeline deploy/],
  ] as const)(
    'refuses %s %s and changes nothing',
    async (decision, _when, rollout, versions, words) => {
      kubectl(
        { metadata: { generation: 4 }, status: { observedGeneration: '3' }, ...rollout },
        versions,
      );
      await expect(command(decision, ...onIam)).rejects.toThrow(words);
      expect(changes()).toEqual([]);
    },
  );

  it('is taken for as old as it is where nothing says when it was promoted', async () => {
    const { status } = promoted('v2', 0);
    const unknown = { ...promoted('v2', 0), status: { ...status, conditions: [] } };
    kubectl(unknown, [replicaSet(1, 'v1', ago(100)), replicaSet(2, 'v2', ago(25))]);
    await expect(command('rollback', ...onIam)).rejects.toThrow('v1 was kept until');
  });

  it('needs a cluster and a service that exist', async () => {
    kubectl({});
    await expect(command('abort', '--environment', 'moon', '--service', 'iam')).rejects.toThrow(
      'use --environment production or staging',
    );
    await expect(command('abort', '--environment', 'production')).rejects.toThrow('add --service');
    await expect(
      command('status', '--environment', 'production', '--service', 'ima'),
    ).rejects.toThrow('choose among api-gateway');
  });
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { releaseCommand } from '../../src/commands/release/command.ts';

let folder: string;
let said: string;
const path = String(process.env['PATH']);

/** Somebody else's program: writes down what it is told, and answers with what the file says. */
function kubectl(answer: object): void {
  writeFileSync(join(folder, 'answer.json'), JSON.stringify(answer));
  writeFileSync(
    join(folder, 'kubectl'),
    `#!/bin/sh\necho "$*" >> ${folder}/calls\ncat ${folder}/answer.json\n`,
  );
  chmodSync(join(folder, 'kubectl'), 0o755);
}

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
      spec: {},
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
      'prod-services/iam: Progressing, bbb beside aaa, new version 10 %, more replicas need to be updated\n',
    );
  });

  it('is told of every service when none is named', async () => {
    kubectl({ spec: {}, status: { phase: 'Healthy', stableRS: 'aaa', currentPodHash: 'aaa' } });
    await command('status', '--environment', 'staging');
    expect(said).toContain('staging-api/api-gateway: Healthy, aaa has everything');
    expect(said).toContain('staging-jobs/payments-worker: Healthy');
    kubectl({ spec: {} });
    said = '';
    await command('status', ...onIam);
    expect(said).toContain('not observed yet, no version has everything');
  });

  it('is promoted and aborted by what Argo Rollouts reads in its status', async () => {
    kubectl({});
    await command('promote', ...onIam);
    await command('abort', ...onIam);
    expect(calls()).toEqual([
      '--namespace prod-services patch rollouts.argoproj.io iam --type merge --subresource status --patch {"status":{"promoteFull":true}}',
      '--namespace prod-services patch rollouts.argoproj.io iam --type merge --subresource status --patch {"status":{"abort":true}}',
    ]);
    expect(said).toContain('abort of prod-services/iam is asked for');
  });

  it('is rolled back to the template of the version before, without its hash [R89]', async () => {
    const replicaSet = (revision: string, image: string) => ({
      metadata: { annotations: { 'rollout.argoproj.io/revision': revision } },
      spec: {
        template: {
          metadata: { labels: { app: 'iam', 'rollouts-pod-template-hash': image } },
          spec: { image },
        },
      },
    });
    kubectl({ items: [replicaSet('2', 'b'), replicaSet('10', 'c'), replicaSet('9', 'a')] });
    await command('rollback', ...onIam);
    expect(calls()[1]).toBe(
      '--namespace prod-services patch rollouts.argoproj.io iam --type json --patch [{"op":"replace","path":"/spec/template","value":{"metadata":{"labels":{"app":"iam"}},"spec":{"image":"a"}}}]',
    );
  });

  it('with nothing to roll back to is left alone, with what to do', async () => {
    kubectl({ items: [{ metadata: {}, spec: { template: { metadata: { labels: {} } } } }] });
    await expect(command('rollback', ...onIam)).rejects.toThrow(
      /iam has no version to roll back to[\s\S]*npx maxai pipeline deploy/,
    );
    expect(calls()).toHaveLength(1);
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

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { repositoryRoot } from '../../platform/environment.ts';
import { findTarget } from './cloud-target.ts';
import { pipelineCommand } from './command.ts';
import { readManifests, stageWaves, type Manifest } from './deployment-stages.ts';
import type { Clock } from './verify-approval.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const registry = 'us-central1-docker.pkg.dev/maxai-staging/platform';
let folder: string;
let root: string;
let output: string[];
let clock: Clock;

function write(path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** A program of somebody else's: notes what it is told, then runs a line of shell. */
function tool(name: string, script: string): void {
  write(`bin/${name}`, `#!/bin/sh\necho "${name} $*" >> "${folder}/calls"\n${script}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

const calls = () =>
  readFileSync(join(folder, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim());

const object = (kind: string, name: string, wave?: string) => ({
  kind,
  metadata: {
    name,
    namespace: 'staging-services',
    ...(wave !== undefined && { annotations: { 'argocd.argoproj.io/sync-wave': wave } }),
  },
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
  root = join(folder, 'repository');
  write('calls', '');
  write(
    'repository/topology/releases/staging.json',
    JSON.stringify({ version: '2025.11.1', images: { iam: digest } }),
  );
  const objects = [
    object('Rollout', 'iam'),
    object('Job', 'iam-migrations', '-1'),
    object('Job', 'provisioning', '-2'),
    object('NetworkPolicy', 'iam', '-5'),
    object('Service', 'iam'),
  ];
  const yaml = objects.map((entry) => JSON.stringify(entry)).join('\n---\n');
  write('repository/topology/rendered/staging/gke/a.yaml', yaml);
  output = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void output.push(text));
  let now = Date.parse('2025-11-01T09:00:00Z');
  clock = {
    now: () => new Date(now),
    wait: async (ms) => {
      now += ms;
    },
  };
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function run(...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, HOME: folder, PATH: `${folder}/bin:${process.env['PATH']}` };
  const place = ['--environment', 'staging'];
  return pipelineCommand({ cwd: root, env }, clock).parseAsync([...args, ...place], {
    from: 'user',
  });
}

const onGke = ['--cloud', 'gke'] as const;

describe('the images of a lock', () => {
  it('are scanned by digest, and one vulnerability ends it', async () => {
    tool('trivy', 'exit 0');
    await run('scan', ...onGke);
    expect(calls()).toEqual([
      `trivy image --scanners vuln,secret --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 ${registry}/iam@${digest}`,
    ]);
    tool('trivy', 'echo "CVE-2025-1 in openssl"; exit 1');
    await expect(run('scan', ...onGke)).rejects.toThrow(/CVE-2025-1[^]*Fix: mend what trivy says/);
  });

  it('are signed by digest, with their bill of materials', async () => {
    tool('trivy', `echo '{"bomFormat":"CycloneDX"}'`);
    tool('cosign', `case "$1" in attest) cat > "${folder}/bill" ;; esac`);
    await run('sign', ...onGke);
    expect(calls()).toEqual([
      `cosign sign --yes ${registry}/iam@${digest}`,
      `trivy image --quiet --format cyclonedx ${registry}/iam@${digest}`,
      `cosign attest --yes --type cyclonedx --predicate - ${registry}/iam@${digest}`,
    ]);
    expect(readFileSync(join(folder, 'bill'), 'utf8')).toContain('CycloneDX');
    expect(output).toEqual([`Signed ${registry}/iam@${digest}`]);
  });

  it('cannot be scanned by a program that is not there', async () => {
    const env = { PATH: folder };
    const command = pipelineCommand({ cwd: root, env }, clock);
    const args = ['scan', '--environment', 'staging', ...onGke];
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow(
      /trivy is not installed[^]*aquasecurity\/setup-trivy/,
    );
  });
});

it('a registry is opened with the identity of its cloud; the token is on no command line', async () => {
  tool('gcloud', '');
  tool('aws', 'echo a-token');
  tool('docker', `cat > "${folder}/given"`);
  await run('login', ...onGke);
  await run('login', '--cloud', 'eks');
  expect(calls()).toEqual([
    'gcloud auth configure-docker us-central1-docker.pkg.dev --quiet',
    'aws ecr get-login-password --region us-east-1',
    'docker login --username AWS --password-stdin 222222222222.dkr.ecr.us-east-1.amazonaws.com',
  ]);
  expect(readFileSync(join(folder, 'given'), 'utf8').trim()).toBe('a-token');
});

describe('a cluster', () => {
  it('is reached with the identity of the cloud it is in', async () => {
    tool('gcloud', '');
    tool('aws', '');
    await run('connect', ...onGke);
    await run('connect', '--cloud', 'eks');
    expect(calls()).toEqual([
      'gcloud container clusters get-credentials maxai-staging --dns-endpoint --location us-central1-a --project maxai-staging',
      'aws eks update-kubeconfig --name maxai-staging --region us-east-1',
    ]);
  });

  it('that does not exist is refused with those that do', async () => {
    await expect(run('connect', '--cloud', 'kind')).rejects.toThrow(
      /no staging on kind[^]*choose one of: production --cloud gke/,
    );
  });
});

const complete = `{"kind":"Job","metadata":{"name":"j"},"status":{"conditions":[{"type":"Complete","status":"True"}]}}`;
const rollout = (phase: string, seen = '3') =>
  `{"kind":"Rollout","metadata":{"name":"iam","generation":3},"status":{"phase":"${phase}","message":"why","observedGeneration":"${seen}"}}`;
/** Notes the names it is given to apply, and answers what is asked for. */
const kubectl = (answer: string) => `
  case "$1" in
    apply) echo "  $(tr -d '\\n' | grep -o '"name":"[^"]*"' | tr '\\n' ' ')" >> "${folder}/calls" ;;
    get) echo '${answer}' ;;
  esac`;

describe('a deployment', () => {
  it('brings migrations to their end before anything of the release is applied [R86]', async () => {
    tool('kubectl', kubectl(complete));
    await run('deploy', ...onGke, '--stage', 'migrations');
    const apply = 'kubectl apply --server-side --force-conflicts --field-manager=pipeline -f -';
    const get = (name: string) =>
      `kubectl get jobs.batch ${name} --namespace staging-services --output json`;
    expect(calls()).toEqual([
      apply,
      '"name":"iam"',
      apply,
      '"name":"provisioning"',
      get('provisioning'),
      apply,
      '"name":"iam-migrations"',
      get('iam-migrations'),
    ]);
    expect(output).toEqual(['staging on gke has the migrations']);
  });

  it('is done when every rollout gave all traffic to the new version [R78]', async () => {
    tool(
      'kubectl',
      `[ "$1" = apply ] && exit 0
       if [ -f "${folder}/asked-twice" ]; then echo '${rollout('Healthy')}'
       elif [ -f "${folder}/asked" ]; then touch "${folder}/asked-twice"; echo '${rollout('Paused')}'
       else touch "${folder}/asked"; echo '${rollout('Healthy', '2')}'; fi`,
    );
    await run('deploy', ...onGke, '--stage', 'release');
    expect(calls().filter((line) => line.includes('get rollouts.argoproj.io iam'))).toHaveLength(3);
    expect(output.at(-1)).toBe('staging on gke has the release');
  });

  it('names the two ways on, once, when the analysis could not tell [R83]', async () => {
    tool('kubectl', kubectl(rollout('Paused')));
    await expect(run('deploy', ...onGke, '--stage', 'release', '--minutes', '1')).rejects.toThrow(
      /Not done after 1 minutes: iam: Paused, why[^]*npx maxai release promote or abort --environment staging/,
    );
    expect(output).toEqual([
      'iam: Paused, why: a person decides with npx maxai release promote or abort --environment staging --service <service>',
    ]);
  });

  it('fails when the analysis took the new version back', async () => {
    tool('kubectl', kubectl(rollout('Degraded')));
    await expect(run('deploy', ...onGke, '--stage', 'release')).rejects.toThrow(
      /iam: Degraded, why[^]*the old version has the traffic/,
    );
  });

  it('fails when a migration failed, and says why', async () => {
    tool('kubectl', kubectl(complete.replace('Complete', 'Failed')));
    const failing = run('deploy', ...onGke, '--stage', 'migrations');
    await expect(failing).rejects.toThrow('The cluster refused it: j: failed');
  });

  it('does not wait for ever', async () => {
    tool('kubectl', kubectl('{"kind":"Rollout","metadata":{"name":"iam"}}'));
    const slow = run('deploy', ...onGke, '--stage', 'release', '--minutes', '1');
    await expect(slow).rejects.toThrow('Not done after 1 minutes: iam: not seen yet');
    tool('kubectl', kubectl('{"kind":"Job","metadata":{"name":"j"}}'));
    const slower = run('deploy', ...onGke, '--stage', 'migrations', '--minutes', '1');
    await expect(slower).rejects.toThrow('Not done after 1 minutes: j');
  });

  it('of what is not rendered is refused', async () => {
    const missing = run('deploy', '--cloud', 'eks', '--stage', 'release');
    await expect(missing).rejects.toThrow(/Nothing is rendered[^]*npm run generate/);
  });
});

describe('the rendered clusters', () => {
  it.each([
    ['production', 'gke'],
    ['production', 'eks'],
    ['staging', 'gke'],
    ['staging', 'eks'],
  ])(
    '%s on %s has every object in one stage, migrations with what they need first',
    (name, cloud) => {
      const manifests = readManifests(repositoryRoot, findTarget(name, cloud));
      const kinds = (waves: Manifest[][]) => new Set(waves.flat().map(({ kind }) => kind));
      const [early, late] = [stageWaves(manifests, 'migrations'), stageWaves(manifests, 'release')];
      expect(early.flat().length + late.flat().length).toBe(manifests.length);
      expect(kinds(early).has('Rollout')).toBe(false);
      expect(kinds(late).has('Job')).toBe(false);
      expect(kinds(late).has('Rollout')).toBe(true);
      const waveOfKind = (kind: string) =>
        early.findIndex((wave) => wave.some((manifest) => manifest.kind === kind));
      expect(waveOfKind('PriorityClass')).toBeLessThan(waveOfKind('Job'));
      expect(waveOfKind('NetworkPolicy')).toBeLessThan(waveOfKind('Job'));
    },
  );
});

it('records a release where the next one is held to it, and leaves the checkout as it is', async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
    }).trim();
  git('init', '-q', '-b', 'main');
  git('add', '.');
  git('commit', '-qm', 'the platform');
  git('clone', '-q', '--bare', root, join(folder, 'origin.git'));
  git('remote', 'add', 'origin', join(folder, 'origin.git'));
  await run('record');
  expect(output).toEqual(['Recorded as released/2025.11.1; merge release-record/2025.11.1']);
  git('fetch', '-q', 'origin');
  const path = 'topology/releases/history/2025.11.1.json';
  const record = git('show', `origin/release-record/2025.11.1:${path}`);
  expect(JSON.parse(record)).toEqual({
    version: '2025.11.1',
    commit: git('rev-parse', 'HEAD'),
    releasedAt: '2025-11-01T09:00:00.000Z',
    retiredAt: null,
  });
  expect(git('rev-parse', 'released/2025.11.1^{commit}')).toBe(git('rev-parse', 'main'));
  expect(git('branch', '--show-current')).toBe('main');
  expect(git('diff', '--cached', '--name-only')).toBe('');
});

it('verifies and approves by the command line', async () => {
  execFileSync('git', ['init', '-q'], { cwd: root });
  await expect(run('verify-approval')).rejects.toThrow('git rev-parse');
  await expect(run('approve', '--key', 'k', '--hours', '0')).rejects.toThrow('for 0 hours');
  const command = pipelineCommand({ cwd: root, env: process.env }, clock).exitOverride();
  const wrong = ['verify-approval', '--wait-minutes', 'soon'];
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  for (const sub of command.commands) sub.exitOverride();
  await expect(command.parseAsync(wrong, { from: 'user' })).rejects.toThrow('give a number');
});

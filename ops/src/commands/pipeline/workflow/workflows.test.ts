import { signedBy } from '@maxai/topology/signing';
import { platform } from '@maxai/topology/platform';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryRoot } from '../../../platform/environment.ts';
import { actions } from './actions.ts';
import { renderWorkflow, workflows } from './workflows.ts';

type ParsedStep = {
  readonly name: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
};
type ParsedJob = {
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly 'timeout-minutes': number;
  readonly steps: readonly ParsedStep[];
};
type ParsedWorkflow = {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly concurrency: { readonly group: string; readonly 'cancel-in-progress': boolean };
  readonly jobs: Readonly<Record<string, ParsedJob>>;
};

/** What is committed, as GitHub reads it. */
const files = Object.keys(workflows).map((path) => {
  const text = readFileSync(join(repositoryRoot, path), 'utf8');
  return { path, text, workflow: parse(text) as ParsedWorkflow };
});
const release = files.find(({ path }) => path.endsWith('release.yaml'));
const jobs = release?.workflow.jobs ?? {};
const allSteps = files.flatMap(({ workflow }) =>
  Object.values(workflow.jobs).flatMap(({ steps }) => steps),
);
const stepsOf = (job: string) => jobs[job]?.steps ?? [];
const runsOf = (job: string) => stepsOf(job).flatMap(({ run }) => (run === undefined ? [] : [run]));

describe('the workflows', () => {
  it('are what the typed jobs say', () => {
    for (const { path, text } of files) {
      expect(renderWorkflow(workflows[path]!)).toBe(text);
    }
  });

  it('run on every push and on every pull request [R68]', () => {
    expect(files.map(({ workflow }) => workflow.on)).toEqual([
      { pull_request: {}, push: { 'branches-ignore': ['main'] } },
      { push: { branches: ['main'] } },
    ]);
  });

  it('use actions of others by commit only, with the tag beside it', () => {
    const used = files.flatMap(({ text }) => [...text.matchAll(/^\s*uses: (.*)$/gm)]);
    expect(used.length).toBeGreaterThan(20);
    const known = Object.entries(actions).map(
      ([name, { commit, tag }]) => `${name}@${commit} # ${tag}`,
    );
    for (const [, pin] of used) {
      expect(pin).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      expect(known).toContain(pin);
    }
    expect(new Set(used.map(([, pin]) => pin)).size).toBe(known.length);
  });

  it('hold no key of a cloud, and give each job only the rights it names', () => {
    for (const { text, workflow } of files) {
      expect(workflow.permissions).toEqual({});
      const secrets = [...text.matchAll(/secrets\.(\w+)/g)].map(([, name]) => name);
      expect(secrets.filter((name) => name !== 'MAXAI_SMOKE_API_KEY')).toEqual([]);
      expect(text).not.toMatch(/credentials_json|aws-access-key-id|aws-secret-access-key/);
    }
    const rights = Object.entries(jobs).filter(
      ([, { permissions }]) => permissions['contents'] === 'write',
    );
    expect(rights.map(([name]) => name)).toEqual(['record']);
    for (const [name, { steps, permissions }] of Object.entries(jobs)) {
      const signsIn = steps.some(({ uses }) =>
        /^(google-github-actions\/auth|aws-actions)/.test(uses ?? ''),
      );
      expect([name, permissions['id-token']]).toEqual([name, signsIn ? 'write' : undefined]);
    }
  });

  it('sign in to the accounts of the topology, by the token of the run', () => {
    const roles = allSteps.flatMap((step) => [
      step.with?.['service_account'],
      step.with?.['role-to-assume'],
    ]);
    const accounts = platform.environments
      .filter(({ name }) => name !== 'development')
      .flatMap(({ targets }) => targets)
      .flatMap((target) => (target.kind === 'kind' ? [] : [target.account]));
    const named = [...new Set(roles.filter((role) => role !== undefined))];
    expect(named).toHaveLength(accounts.length);
    for (const account of accounts) {
      expect(named.some((role) => String(role).includes(account))).toBe(true);
    }
  });

  it('end in time, one release after the other', () => {
    const [check] = files;
    expect(check?.workflow.concurrency['cancel-in-progress']).toBe(true);
    expect(release?.workflow.concurrency).toEqual({
      group: 'release',
      'cancel-in-progress': false,
    });
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
    }
  });

  it('put nothing of an event into a command', () => {
    for (const { run } of allSteps) expect(run ?? '').not.toContain('${{');
  });
});

describe('the release', () => {
  it('goes through every stage in the order of the deployment document [R69,R70,R71,R72,R73,R75,R77,R78,R80]', () => {
    const order = Object.entries(jobs).map(([name, { needs }]) => [needs, name]);
    const stages = [
      'lint',
      'unit',
      'contracts',
      'schemas',
      'images',
      'migrate-staging',
      'staging',
      'smoke-staging',
      'approval',
      'migrate-production',
      'production',
      'health',
      'monitor',
      'record',
    ];
    expect(order).toEqual(stages.map((name, index) => [stages[index - 1], name]));
    expect(runsOf('lint')).toEqual(expect.arrayContaining(['npm run lint', 'npm run types']));
    expect(runsOf('unit')).toContain('npm test');
    expect(runsOf('contracts')).toContain('npx maxai contracts check');
    expect(runsOf('schemas')).toContain('npx maxai schemas check');
    expect(runsOf('smoke-staging')).toContain('npx maxai smoke https://staging.maxai.io');
    expect(runsOf('health')).toContain('npx maxai smoke https://app.maxai.io');
    expect(runsOf('monitor')).toContain('npx maxai smoke https://app.maxai.io --for-minutes 15');
  });

  it('stops unless both versions of the code live with the migrations [R87]', () => {
    expect(runsOf('schemas')).toContain('npx maxai db check --compatibility last-release');
  });

  it('pushes what it built, and lets nothing on that was not scanned and signed [R74]', () => {
    for (const environment of ['staging', 'production']) {
      const steps = runsOf('images').filter((run) => run.includes(`--environment ${environment}`));
      expect(steps.map((run) => run.split(' ').slice(2, 4).join(' '))).toEqual([
        'pipeline login',
        'images push',
        'images push',
        'pipeline scan',
        'pipeline sign',
      ]);
    }
    expect(runsOf('images').at(-1)).toBe('npx maxai topology render');
  });

  it('is signed as the workflow that admission trusts', () => {
    expect(signedBy.subject).toContain(`/${release?.path}@refs/heads/main`);
  });

  it('migrates before it deploys, and waits for both [R86]', () => {
    for (const environment of ['staging', 'production']) {
      const before = runsOf(`migrate-${environment}`).at(-1);
      expect(before).toMatch(
        new RegExp(`deploy --environment ${environment} .*--stage migrations$`),
      );
      expect(runsOf(environment).at(-1)).toMatch(/--stage release$/);
      expect(jobs[environment]?.needs).toBe(`migrate-${environment}`);
    }
  });

  it('touches production only in its protected environment and behind a signed approval [R77]', () => {
    const names = Object.keys(jobs);
    const production = names.slice(names.indexOf('approval'));
    expect(production.map((name) => jobs[name]?.environment)).toEqual(
      production.map(() => 'production'),
    );
    const deploying = names.filter((name) =>
      runsOf(name).some((run) => /pipeline deploy --environment production/.test(run)),
    );
    expect(deploying).toEqual(['migrate-production', 'production']);
    for (const name of deploying) {
      const runs = runsOf(name);
      const approved = runs.indexOf('npx maxai pipeline verify-approval');
      expect(approved).toBeGreaterThan(-1);
      expect(runs.findIndex((run) => run.includes('pipeline connect'))).toBeGreaterThan(approved);
    }
    expect(names.indexOf('approval')).toBeLessThan(names.indexOf('migrate-production'));
  });
});

describe('every step is a command that a person can run', () => {
  const scripts = Object.keys(
    (
      JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      }
    ).scripts,
  );
  const runs = [...new Set(allSteps.flatMap(({ run }) => (run === undefined ? [] : [run])))];
  const ofNpm = runs.filter((run) => run.startsWith('npm '));
  const ofMaxai = runs.filter((run) => run.startsWith('npx maxai '));

  it('of npm or of maxai', () => {
    expect(ofNpm.length + ofMaxai.length).toBe(runs.length);
    for (const run of ofNpm) {
      const script = run.replace(/^npm (run )?/, '');
      expect(['ci', ...scripts]).toContain(script);
    }
  });

  it.each([...new Set(ofMaxai.map((run) => run.split(' ').slice(2, 4).join(' ')))])(
    'maxai %s exists and takes the options it is given',
    { timeout: 120_000 },
    (verb) => {
      const [noun = '', name = ''] = verb.split(' ');
      const words = name.startsWith('http') ? [noun] : [noun, name];
      const main = join(repositoryRoot, 'ops/src/main.ts');
      const help = execFileSync(process.execPath, [main, ...words, '--help'], { encoding: 'utf8' });
      const given = ofMaxai
        .filter((run) => run.startsWith(`npx maxai ${words.join(' ')}`))
        .flatMap((run) => run.match(/--[\w-]+/g) ?? []);
      expect(help).toMatch(new RegExp(`Usage: .*${words.at(-1)}`));
      for (const option of given) expect(help).toContain(option);
    },
  );
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { approve } from './approve.ts';
import { managersPath } from './approval-tags.ts';
import { verifyApproval, type Clock } from './verify-approval.ts';

const environment = 'production';
const lock = { version: '2025.11.1', images: { iam: `sha256:${'a'.repeat(64)}` } };
let folder: string;
let root: string;
let people: Record<string, NodeJS.ProcessEnv>;

const keyOf = (name: string) => join(folder, `${name}.key`);
const emailOf = (name: string) => `${name}@example.com`;

function git(name: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, env: people[name] ?? {}, encoding: 'utf8' }).trim();
}

function write(path: string, content: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
}

function listManagers(...names: string[]): void {
  const lines = names.map(
    (name) => `${emailOf(name)} namespaces="git" ${readFileSync(`${keyOf(name)}.pub`, 'utf8')}`,
  );
  write(managersPath, lines.join(''));
}

function commit(name: string, message: string): void {
  git(name, 'add', '-A');
  git(name, 'commit', '-q', '--allow-empty', '-m', message);
}

/** Of both environments: what staging was tested with goes to production. */
function writeLocks(both: object): void {
  for (const name of ['staging', environment]) {
    write(`topology/releases/${name}.json`, JSON.stringify(both));
  }
}

/** Dee develops; Rae and Ria manage releases. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'approval-'));
  root = join(folder, 'repository');
  mkdirSync(root);
  people = Object.fromEntries(
    ['dee', 'rae', 'ria'].map((name) => {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', keyOf(name)]);
      const email = emailOf(name);
      return [
        name,
        {
          PATH: process.env['PATH'],
          HOME: folder,
          GIT_AUTHOR_NAME: name,
          GIT_AUTHOR_EMAIL: email,
          GIT_COMMITTER_NAME: name,
          GIT_COMMITTER_EMAIL: email,
        },
      ];
    }),
  );
  git('dee', 'init', '-q', '-b', 'main');
  listManagers('rae', 'ria');
  writeLocks(lock);
  commit('dee', 'the platform');
});
afterEach(() => rmSync(folder, { recursive: true }));

const runOf = (name: string) => ({ cwd: root, env: people[name] ?? {} });

function approveAs(name: string, at = new Date(), hours = 8, ref = 'HEAD'): string {
  return approve(runOf(name), { environment, commit: ref, key: keyOf(name), hours }, at);
}

const clock: Clock = { now: () => new Date(), wait: () => Promise.reject(new Error('waited')) };

function verify(using: Clock = clock, waitMinutes = 0) {
  return verifyApproval(runOf('dee'), { environment, commit: 'HEAD', waitMinutes }, using);
}

/** A tag as somebody could make it by hand. */
function tagByHand(name: string, claim: object, ...flags: string[]): void {
  const ssh = ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${keyOf(name)}`];
  git(name, ...ssh, 'tag', ...flags, '-m', JSON.stringify(claim), `approval/production/${name}`);
}

function statement(changes: object = {}): object {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return { environment, commit: git('dee', 'rev-parse', 'HEAD'), ...lock, expiresAt, ...changes };
}

describe('a release goes to production [R77]', () => {
  it('when a release manager signed exactly its commit and images', async () => {
    const tag = approveAs('rae');
    expect(await verify()).toEqual({ tag, signer: 'rae@example.com' });
  });

  it('when the approval comes while the pipeline waits for it', async () => {
    const origin = join(folder, 'origin.git');
    git('dee', 'clone', '-q', '--bare', root, origin);
    git('dee', 'remote', 'add', 'origin', origin);
    const wait = async () => {
      const tag = approveAs('ria');
      git('ria', 'push', '-q', 'origin', tag);
      git('dee', 'tag', '-d', tag);
    };
    expect(await verify({ now: () => new Date(), wait }, 5)).toMatchObject({
      signer: 'ria@example.com',
    });
  });

  it('with the managers that the release before it lists, not those it adds itself', async () => {
    git('dee', 'tag', 'released/2025.10.1');
    listManagers('rae', 'dee');
    commit('ria', 'dee may approve');
    approveAs('dee');
    await expect(verify()).rejects.toThrow('no release manager signed it');
    approveAs('rae');
    expect(await verify()).toMatchObject({ signer: 'rae@example.com' });
  });
});

describe('a release does not go to production [R77]', () => {
  const refusal = async () =>
    verify().then(
      () => 'it is approved',
      (error: unknown) => String(error),
    );

  it('without any approval, and the message says what to do', async () => {
    expect(await refusal()).toMatch(
      /Nobody approved [0-9a-f]{12} for production\n {2}Fix: a release manager/,
    );
  });

  it('when the tag is not signed', async () => {
    tagByHand('rae', statement(), '-a');
    expect(await refusal()).toMatch(/no release manager signed it: .*no signature found/);
  });

  it('when the tag is only a name', async () => {
    git('rae', 'tag', 'approval/production/rae');
    expect(await refusal()).toMatch('no release manager signed it');
  });

  it('when somebody signed who is no release manager', async () => {
    approveAs('dee');
    expect(await refusal()).toMatch('no release manager signed it');
  });

  it('when the signature is of another text', async () => {
    const tag = approveAs('rae');
    const text = git('rae', 'cat-file', 'tag', tag).replace('2025.11.1', '2025.11.2');
    const forged = execFileSync('git', ['hash-object', '-t', 'tag', '-w', '--stdin'], {
      cwd: root,
      input: `${text}\n`,
      encoding: 'utf8',
    });
    git('rae', 'update-ref', `refs/tags/${tag}`, forged.trim());
    writeLocks({ ...lock, version: '2025.11.2' });
    expect(await refusal()).toMatch('no release manager signed it');
  });

  it('when the release manager wrote it', async () => {
    commit('rae', 'a change');
    approveAs('rae');
    expect(await refusal()).toMatch('rae@example.com wrote part of the release');
  });

  it('when the release manager wrote any commit since the release before it', async () => {
    git('dee', 'tag', 'released/2025.10.1');
    commit('dee', 'a change\n\nCo-authored-by: Rae <RAE@example.com>');
    commit('dee', 'another');
    approveAs('rae');
    expect(await refusal()).toMatch('wrote part of the release');
    approveAs('ria');
    expect(await verify()).toMatchObject({ signer: 'ria@example.com' });
  });

  it('when another commit was approved', async () => {
    approveAs('rae');
    commit('dee', 'one more change');
    expect(await refusal()).toMatch(/it approves commit [0-9a-f]{12}/);
  });

  it('when the tag points to this commit and speaks of another', async () => {
    tagByHand('rae', statement({ commit: 'b'.repeat(40) }), '-s');
    expect(await refusal()).toMatch('it approves commit bbbbbbbbbbbb');
  });

  it('when other images were approved', async () => {
    approveAs('rae');
    writeLocks({ ...lock, images: { iam: `sha256:${'b'.repeat(64)}` } });
    expect(await refusal()).toMatch('it approves other images');
  });

  it('when another environment was approved', async () => {
    tagByHand('rae', statement({ environment: 'staging' }), '-s');
    expect(await refusal()).toMatch('it approves staging');
  });

  it('when the approval is not one', async () => {
    tagByHand('rae', { approved: true }, '-s');
    tagByHand('ria', statement(), '-s');
    git('ria', 'tag', '-d', 'approval/production/ria');
    const ssh = ['-c', 'gpg.format=ssh', '-c', `user.signingkey=${keyOf('ria')}`];
    git('ria', ...ssh, 'tag', '-s', '-m', 'fine by me', 'approval/production/ria');
    expect(await refusal()).toMatch(
      /rae: it does not say[^]*ria: it does not say what it approves/,
    );
  });

  it('when the approval has ended', async () => {
    approveAs('rae', new Date(Date.now() - 9 * 3_600_000));
    expect(await refusal()).toMatch('it ended at');
    tagByHand('ria', statement({ expiresAt: 'soon' }), '-s');
    expect(await refusal()).toMatch('it ended at soon');
  });

  it('when the approval would be good for longer than a day', async () => {
    tagByHand('rae', statement({ expiresAt: '2999-01-01T00:00:00Z' }), '-s');
    expect(await refusal()).toMatch('more than 24 hours');
    expect(() => approveAs('rae', new Date(), 25)).toThrow('--hours between 1 and 24');
  });

  it('when the approval is dated in the future', async () => {
    people['rae'] = { ...people['rae'], GIT_COMMITTER_DATE: '2098-01-01T00:00:00Z' };
    tagByHand('rae', statement({ expiresAt: '2098-01-01T01:00:00Z' }), '-s');
    expect(await refusal()).toMatch('dated in the future');
  });

  it('when staging was tested with other images', async () => {
    approveAs('rae');
    const images = { iam: `sha256:${'c'.repeat(64)}` };
    write('topology/releases/staging.json', JSON.stringify({ ...lock, images }));
    expect(await refusal()).toMatch(/other images than staging was tested with: iam/);
  });

  it('when nothing was built', async () => {
    const images = { iam: `sha256:${'0'.repeat(64)}` };
    writeLocks({ ...lock, images });
    expect(await refusal()).toMatch(/no digest of iam[^]*npx maxai images push/);
    expect(() => approveAs('rae')).toThrow('no digest of iam');
  });
});

it('git says what is wrong with a reference', () => {
  expect(() => approveAs('rae', new Date(), 8, 'nowhere')).toThrow(/git rev-parse[^]*Fix: mend/);
});

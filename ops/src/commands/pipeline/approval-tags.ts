import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignedTag } from './approval.ts';
import { runTool, tryTool, type ToolRun } from './run-tool.ts';

/** Who may approve: OpenSSH's allowed_signers, one line for each key. */
export const managersPath = '.github/release-managers';

const git = (run: ToolRun, ...args: readonly string[]) => runTool('git', args, run);

export function commitOf(run: ToolRun, ref: string): string {
  return git(run, 'rev-parse', '--verify', `${ref}^{commit}`).trim();
}

/** The last release the candidate is built on; null before the first. */
export function lastReleased(run: ToolRun, commit: string): string | null {
  const merged = ['tag', '--merged', commit, '--list', 'released/*', '--sort=-creatordate'];
  return (
    git(run, ...merged)
      .split('\n')[0]
      ?.trim() || null
  );
}

/**
 * Everybody who wrote or committed what is new, in lower case. GitHub's own committer is nobody.
 */
export function authorsSince(
  run: ToolRun,
  since: string | null,
  commit: string,
): ReadonlySet<string> {
  const range = since === null ? ['-1', commit] : [`${since}..${commit}`];
  const format = '--format=%ae%n%ce%n%(trailers:key=Co-authored-by,valueonly)';
  const lines = git(run, 'log', format, ...range)
    .toLowerCase()
    .split('\n');
  const addresses = lines.map((line) => /<(.+)>/.exec(line)?.[1] ?? line.trim());
  return new Set(addresses.filter((address) => address !== '' && address !== 'noreply@github.com'));
}

function readTag(run: ToolRun, name: string, managersFile: string): SignedTag {
  const fields = ['%(*objectname)', '%(taggerdate:iso-strict)', '%(contents:subject)'].join('%00');
  const shown = git(run, 'for-each-ref', `--format=${fields}`, `refs/tags/${name}`);
  const [commit = '', taggedAt = '', message = ''] = shown.trim().split('\0');
  const ssh = ['-c', 'gpg.format=ssh', '-c', `gpg.ssh.allowedSignersFile=${managersFile}`];
  const verified = tryTool('git', [...ssh, 'verify-tag', '--raw', name], run);
  const signer = /Good "git" signature for (\S+) with/.exec(verified.stderr)?.[1];
  return {
    name,
    commit,
    taggedAt: new Date(taggedAt),
    message,
    signer: verified.status === 0 && signer !== undefined ? signer : null,
    problem: verified.stderr.trim().split('\n').at(-1) ?? '',
  };
}

/** Every tag that claims to approve a release to an environment, checked against the managers of `trusted`. */
export function approvalTags(run: ToolRun, environment: string, trusted: string): SignedTag[] {
  const folder = mkdtempSync(join(tmpdir(), 'release-managers-'));
  const managersFile = join(folder, 'allowed_signers');
  try {
    writeFileSync(managersFile, git(run, 'show', `${trusted}:${managersPath}`));
    const names = git(run, 'tag', '--list', `approval/${environment}/*`).split('\n');
    return names.filter((name) => name !== '').map((name) => readTag(run, name, managersFile));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

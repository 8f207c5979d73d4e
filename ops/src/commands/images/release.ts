import { spawnSync } from 'node:child_process';
import { CommandError } from '../../supervisor/command-error.ts';

/** What an image's labels say of the code in it; the same commit always says the same. */
export type Release = {
  readonly version: string;
  readonly revision: string;
  readonly source: string;
  /** When the commit was made, in ISO 8601: building it again changes nothing. */
  readonly created: string;
};

function git(root: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new CommandError(
    `git ${args[0]} failed: ${stderr.trim()}`,
    'build images from a git checkout: their labels name the commit',
  );
}

/** The commit that is checked out; changes that are not committed are marked in both. */
export function readRelease(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  version: string | undefined,
): Release {
  const [hash = '', created = ''] = git(root, 'log', '-1', '--format=%H %cI').split(' ');
  // Locks are in no image: a push writes one before the next environment's images are built.
  const withoutLocks = ['--', '.', ':!topology/releases', ':!topology/rendered'];
  const changes = git(root, 'status', '--porcelain', '--untracked-files=no', ...withoutLocks);
  const mark = changes === '' ? '' : '-changed';
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = env;
  return {
    version: version ?? `${hash.slice(0, 12)}${mark}`,
    revision: `${hash}${mark}`,
    source: repository === undefined ? 'local checkout' : `${server}/${repository}`,
    created,
  };
}

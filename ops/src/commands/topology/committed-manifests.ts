import type { KubernetesObject } from '@maxai/topology/render/kubernetes/rendered-object';
import { renderedFolder } from '@maxai/topology/rendered-files';
import { execFileSync } from 'node:child_process';
import { parseAllDocuments } from 'yaml';
import { CommandError } from '../../supervisor/command-error.ts';

const outputBytesMax = 256 * 1024 * 1024;

function git(root: string, args: readonly string[], input = ''): string {
  return execFileSync('git', args, {
    cwd: root,
    input,
    encoding: 'utf8',
    maxBuffer: outputBytesMax,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** The commit that a branch, a tag or an abbreviation names. */
export function commitOf(root: string, ref: string): string {
  try {
    const name = `${ref}^{commit}`;
    return git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', name]).trim();
  } catch (error) {
    throw new CommandError(
      `There is no commit ${ref}.`,
      'git branch --all and git tag --list name what there is',
      { cause: error },
    );
  }
}

/** `<id> blob <size>`, the content and a line's end, for each file asked for. */
function* contents(batch: Buffer): Generator<string> {
  for (let at = 0; at < batch.length;) {
    const lineEnd = batch.indexOf('\n', at);
    const size = Number(batch.toString('utf8', at, lineEnd).split(' ').at(-1));
    yield batch.toString('utf8', lineEnd + 1, lineEnd + 1 + size);
    at = lineEnd + size + 2;
  }
}

/** The objects that stood in a cluster's folder of manifests at a commit. */
export function committedObjects(root: string, commit: string, folder: string): KubernetesObject[] {
  const path = `${renderedFolder}/${folder}/`;
  const files = git(root, ['ls-tree', '-r', '-z', '--name-only', commit, '--', path])
    .split('\0')
    .filter((file) => file.endsWith('.yaml'));
  const asked = files.map((file) => `${commit}:${file}\n`).join('');
  const batch = Buffer.from(git(root, ['cat-file', '--batch'], asked));
  return [...contents(batch)].flatMap((content) =>
    // Written by the renderer: each document is one object.
    parseAllDocuments(content).map((document) => document.toJS() as KubernetesObject),
  );
}

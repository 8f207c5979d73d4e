import { readFileSync } from 'node:fs';
import { CommandError } from '../../supervisor/command-error.ts';

/** What both Dockerfiles start from. */
export type BaseImages = {
  /** Has `node` in /usr/local/bin and `npm`. */
  readonly build: string;
  /** Has what Node's binary links to. */
  readonly runtime: string;
  /** The network of the build's own commands, when not the engine's default. */
  readonly network?: string;
};

const pinned = /^[\w./:-]+@sha256:[0-9a-f]{64}$/;

/** The upstream bases, from the file that pins them. Throws when one is not pinned by digest. */
export function pinnedBases(file: string): BaseImages {
  // Checked below.
  const { build = '', runtime = '' } = JSON.parse(
    readFileSync(file, 'utf8'),
  ) as Partial<BaseImages>;
  for (const [key, reference] of Object.entries({ build, runtime })) {
    if (!pinned.test(reference)) {
      throw new CommandError(
        `The ${key} image '${reference}' in ${file} is not pinned by digest.`,
        'write it as <name>:<tag>@sha256:<64 hexadecimal digits>',
      );
    }
  }
  return { build, runtime };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Requirement = {
  readonly number: number;
  readonly group: string;
  readonly text: string;
  /** R runs for real, S is rendered and its property asserted, D is rehearsed and measured. */
  readonly proof: string;
  /** Where it is kept, paths from the root of the repository, with commas. */
  readonly lives: string;
};

export type Requirements = {
  /** Without a living test these fail the tests: `1-88`. */
  readonly enforced: readonly string[];
  readonly requirements: readonly Requirement[];
};

export function readRequirements(root: string): Requirements {
  // Committed in this form; the tests of this folder hold it to that.
  return JSON.parse(readFileSync(join(root, 'docs/requirements.json'), 'utf8')) as Requirements;
}

/** Every number of the ranges. */
export function enforcedNumbers({ enforced }: Requirements): number[] {
  return enforced.flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type GeneratedFile = {
  /** From the root of the repository. */
  readonly path: string;
  /** Null where there must be no such file. */
  readonly content: string | null;
};

/** One kind of generated file; `root` is the repository. */
export type Generator = (root: string) => GeneratedFile[] | Promise<GeneratedFile[]>;

function isStale(root: string, { path, content }: GeneratedFile): boolean {
  const file = join(root, path);
  return (existsSync(file) ? readFileSync(file, 'utf8') : null) !== content;
}

/** The generated files that are missing or differ, by path; with `write` they are brought up to date. */
export async function regenerate(
  root: string,
  generators: readonly Generator[],
  write: boolean,
): Promise<string[]> {
  const files = (await Promise.all(generators.map(async (generate) => generate(root)))).flat();
  const stale = files.filter((file) => isStale(root, file));
  if (write) {
    for (const { path, content } of stale) {
      if (content === null) {
        rmSync(join(root, path));
        continue;
      }
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }
  return stale.map(({ path }) => path);
}

import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

type Entry = {
  readonly lastModified: number;
  readonly value: unknown;
  readonly cacheControl?: unknown;
  readonly tags: readonly string[];
};

/** What Next.js says of an entry that it stores. */
type Storing = { readonly tags?: readonly string[]; readonly cacheControl?: unknown };

export type SharedCacheOptions = {
  /** A folder that all instances see; without one each instance renders for itself and keeps nothing. */
  readonly folder: string | undefined;
  /** `.next/server` of the build that runs. */
  readonly serverDistDir: string;
  readonly now?: () => number;
};

/** Pages of one build name files of that build: another build must not be given them. */
function buildId(serverDistDir: string): string {
  const file = join(serverDistDir, '../BUILD_ID');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unbuilt';
}

function fileName(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** A file that is missing, or that another instance's crash left in half, is no entry. */
async function read<T>(file: string): Promise<T | undefined> {
  try {
    // Files of this folder are written by `write` below and by nobody else.
    return deserialize(await readFile(file)) as T;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: readers of other instances never see half of it. */
async function write(file: string, value: unknown): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(draft, serialize(value));
  await rename(draft, file);
}

/** Next.js' cache of rendered pages in a folder that instances share, so that one renders for all. */
export class SharedCache {
  readonly #folder: string | undefined;
  readonly #now: () => number;

  constructor({ folder, serverDistDir, now = Date.now }: SharedCacheOptions) {
    this.#folder = folder && join(folder, buildId(serverDistDir));
    this.#now = now;
  }

  async get(key: string): Promise<Omit<Entry, 'tags'> | null> {
    if (this.#folder === undefined) return null;
    const entry = await read<Entry>(join(this.#folder, 'entries', fileName(key)));
    if (entry === undefined) return null;
    const { tags, ...kept } = entry;
    const revalidated = await Promise.all(tags.map((tag) => read<number>(this.#tagFile(tag))));
    const isOutdated = revalidated.some((at) => at !== undefined && at >= kept.lastModified);
    return isOutdated ? null : kept;
  }

  async set(key: string, value: unknown, { tags = [], cacheControl }: Storing = {}): Promise<void> {
    if (this.#folder === undefined) return;
    const file = join(this.#folder, 'entries', fileName(key));
    if (value === null) {
      await rm(file, { force: true });
      return;
    }
    const entry: Entry = { lastModified: this.#now(), value, cacheControl, tags: [...tags] };
    await write(file, entry);
  }

  /** Entries with one of the tags are outdated for every instance from now on. */
  async revalidateTag(tags: string | readonly string[]): Promise<void> {
    if (this.#folder === undefined) return;
    for (const tag of [tags].flat()) await write(this.#tagFile(tag), this.#now());
  }

  /** Nothing is kept for one request only. */
  resetRequestCache(): void {}

  #tagFile(tag: string): string {
    return join(String(this.#folder), 'tags', fileName(tag));
  }
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Two versions of one target; each request goes to one of them. */
export type TrafficSplit = {
  readonly stable: { readonly version: string; readonly url: string };
  readonly canary: { readonly version: string; readonly url: string };
  /** Of the requests that no cookie binds to a version. */
  readonly canaryPercent: number;
};

/** By the name of the target; a target that is not there has one version. */
export type TrafficSplits = Readonly<Record<string, TrafficSplit>>;

/** Replaces the file as a whole, so that a reader sees the old splits or the new. */
export function writeSplits(file: string, splits: TrafficSplits): void {
  writeFileSync(`${file}.new`, JSON.stringify(splits, undefined, 2));
  renameSync(`${file}.new`, file);
}

/** The splits in force; none without a file. */
export function readSplits(file: string): TrafficSplits {
  // Only `writeSplits` writes this file, and it replaces it whole.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TrafficSplits) : {};
}

/** Binds a browser to the version it was first sent to, as long as that version gets requests at all. */
export function affinityCookie(target: string): string {
  return `maxai_version_${target.replaceAll('-', '_')}`;
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  return header
    ?.split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];
}

export type Choice = {
  readonly version: string;
  readonly url: string;
  /** Null when the browser is bound to this version already. */
  readonly setCookie: string | null;
};

/**
 * The version that answers a request. A cookie that names a version without a share binds nobody: a session does not
 * outlive the version it was bound to. `draw` is uniform in [0, 1).
 */
export function chooseVersion(
  target: string,
  split: TrafficSplit,
  cookies: string | undefined,
  draw: number,
): Choice {
  const { stable, canary, canaryPercent } = split;
  const open = [...(canaryPercent > 0 ? [canary] : []), ...(canaryPercent < 100 ? [stable] : [])];
  const name = affinityCookie(target);
  const bound = cookieOf(cookies, name);
  const kept = open.find(({ version }) => version === bound);
  if (kept !== undefined) return { ...kept, setCookie: null };
  const chosen = draw * 100 < canaryPercent ? canary : stable;
  return {
    ...chosen,
    setCookie: `${name}=${chosen.version}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`,
  };
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Docker } from '../../ops/src/commands/images/docker.ts';

function list(archive: string): string[] {
  const { status, stdout, stderr } = spawnSync('tar', ['--list', '--file', archive], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`tar could not read ${archive}: ${stderr}`);
  return stdout.split('\n').filter((path) => path !== '');
}

/** Every path of every layer of each image, so also of what a later layer hides; images share layers. */
export async function pathsInLayers(
  docker: Docker,
  tags: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-layers-'));
  const archive = join(folder, 'images.tar');
  try {
    await docker.run(['save', '--output', archive, ...tags]);
    spawnSync('tar', ['--extract', '--file', archive, '--directory', folder]);
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    // The format that `docker save` documents: one entry for each image.
    const saved = JSON.parse(manifest) as { RepoTags: string[]; Layers: string[] }[];
    const layers = new Set(saved.flatMap(({ Layers }) => Layers));
    const paths = new Map([...layers].map((layer) => [layer, list(join(folder, layer))]));
    return new Map(
      saved.flatMap(({ RepoTags, Layers }) => {
        const all = Layers.flatMap((layer) => paths.get(layer) ?? []);
        return RepoTags.map((tag) => [tag, all] as const);
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The packages that an image's paths show to be installed, as folders of a lockfile. */
export function installedPackages(paths: readonly string[]): ReadonlySet<string> {
  const manifests = paths.flatMap((path) => {
    const [, folder] =
      /^app\/((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return new Set(manifests);
}

const neverShipped = [
  /(?:^|\/)\.env(?:\.|$)/,
  /(?:^|\/)\.git\//,
  /^app\/(?!.*node_modules\/).*\.test\.tsx?$/,
  /^app\/(?!.*node_modules\/).*\/tests\//,
  /secrets\.json$/,
  /(?:^|\/)(?:id_rsa|id_ed25519|\.npmrc|npmrc|\.netrc)$/,
  /^app\/.*node_modules\/.*(?:\.map|\.d\.[cm]?ts)$/,
];

/** Files that no layer of an image of ours may have. */
export function unwantedFiles(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => neverShipped.some((pattern) => pattern.test(path)));
}

/** The folders of services and apps that an image has files of. */
export function deployablesWithin(paths: readonly string[]): readonly string[] {
  const found = paths.flatMap((path) => {
    const [, folder] = /^app\/((?:services|apps)\/[^/]+)\/./.exec(path) ?? [];
    return folder === undefined ? [] : [folder];
  });
  return [...new Set(found)];
}

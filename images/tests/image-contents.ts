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

/** Every path of every layer, so also of what a later layer hides. */
export async function pathsInLayers(docker: Docker, tag: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maxai-layers-'));
  const archive = join(folder, 'image.tar');
  try {
    await docker.run(['save', '--output', archive, tag]);
    spawnSync('tar', ['--extract', '--file', archive, '--directory', folder]);
    const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
    // The format that `docker save` documents: one entry for each image.
    const [image] = JSON.parse(manifest) as { Layers: string[] }[];
    return (image?.Layers ?? []).flatMap((layer) => list(join(folder, layer)));
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

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assembleContext, type Context } from './assemble-context.ts';
import type { BaseImages } from './base-images.ts';
import type { Docker } from './docker.ts';
import type { ImagePlan } from './image-plan.ts';
import { billOfMaterials } from './bill-of-materials.ts';
import type { Release } from './release.ts';

export type BuildOptions = {
  /** The repository. */
  readonly root: string;
  /** Contexts and bills of materials go here. */
  readonly folder: string;
  readonly docker: Docker;
  readonly bases: BaseImages;
  readonly release: Release;
};

export type BuiltImage = {
  readonly name: string;
  readonly tag: string;
  /** The hash of its configuration: what the engine that built it calls it by. */
  readonly id: string;
  readonly bytes: number;
  readonly seconds: number;
  /** CycloneDX, beside the image. */
  readonly billOfMaterials: string;
  readonly context: Context;
};

export function imageTag(name: string, version: string): string {
  return `maxai/${name}:${version}`;
}

function buildArguments(plan: ImagePlan, { bases, release }: BuildOptions): string[] {
  const values = {
    BUILD_IMAGE: bases.build,
    RUNTIME_IMAGE: bases.runtime,
    NAME: plan.name,
    PORT: String(plan.port),
    HEALTH_PATH: plan.healthPath,
    HOST_VARIABLE: plan.hostVariable,
    SOURCE: release.source,
    REVISION: release.revision,
    VERSION: release.version,
    CREATED: release.created,
  };
  return Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
}

/** Assembles, lists and builds one image. */
export async function buildImage(plan: ImagePlan, options: BuildOptions): Promise<BuiltImage> {
  const { root, folder, docker, bases, release } = options;
  const startedAt = performance.now();
  const context = assembleContext(root, plan, join(folder, 'contexts', plan.name));
  const bill = join(folder, `${plan.name}.cdx.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(bill, billOfMaterials(join(context.folder, 'manifests')));
  const tag = imageTag(plan.name, release.version);
  await docker.run([
    'build',
    ...(bases.network === undefined ? [] : ['--network', bases.network]),
    '--file',
    join(root, 'images', `${plan.kind}.Dockerfile`),
    '--tag',
    tag,
    ...buildArguments(plan, options),
    context.folder,
  ]);
  const inspected = await docker.run(['image', 'inspect', '--format', '{{.Id}} {{.Size}}', tag]);
  const [id = '', bytes] = inspected.split(' ');
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  return {
    name: plan.name,
    tag,
    id,
    bytes: Number(bytes),
    seconds,
    billOfMaterials: bill,
    context,
  };
}

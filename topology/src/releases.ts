import development from '../releases/development.json' with { type: 'json' };
import production from '../releases/production.json' with { type: 'json' };
import staging from '../releases/staging.json' with { type: 'json' };
import type { ClusterTarget, EnvironmentName } from './model/index.ts';

/** What runs in an environment: one version of everything, each image by its digest. */
export type Release = {
  readonly version: string;
  readonly images: Readonly<Record<string, string>>;
};

/** The committed locks; the pipeline writes them, see `topology/releases/README.md`. */
export const releases: Readonly<Record<EnvironmentName, Release>> = {
  production,
  staging,
  development,
};

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** The image by digest from the cluster's own registry; throws when the lock has no digest for it. */
export function imageReference(
  environment: EnvironmentName,
  { registry }: Pick<ClusterTarget, 'registry'>,
  image: string,
): string {
  const digest = releases[environment].images[image] ?? '';
  if (!digestPattern.test(digest)) {
    throw new Error(
      `topology/releases/${environment}.json has no digest for ${image}: add "${image}": "sha256:…" as the registry reports it`,
    );
  }
  return `${registry}/${image}@${digest}`;
}

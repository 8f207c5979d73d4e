import type { Environment, Platform } from '../model/index.ts';
import type { RenderedObject, RenderTarget } from '../render/kubernetes/rendered-object.ts';

/** One rule that does not hold: where it is declared, why it matters, what to change. */
export type Finding = {
  readonly check: string;
  /** The file to change, from the root of the repository. */
  readonly file: string;
  readonly declaration: string;
  readonly reason: string;
  readonly fix: string;
};

/** A rule over the model itself. */
export type Check = (platform: Platform) => Finding[];

/** A rule over everything that is applied to one cluster. */
export type RenderedCheck = (target: RenderTarget, objects: readonly RenderedObject[]) => Finding[];

export const platformFile = 'topology/src/platform.ts';
export const secretsFile = 'topology/src/secrets.ts';

export function environmentFile({ name }: Pick<Environment, 'name'>): string {
  return `topology/src/environments/${name}.ts`;
}

import { cloudKinds } from '../../kubernetes-schemas/cloud-kinds.ts';
import { validateObject } from '../../kubernetes-schemas/validate-object.ts';
import {
  rendered,
  type KubernetesObject,
  type Origin,
  type RenderedObject,
} from './rendered-object.ts';

/** An object of a kind that only the clouds define, held to their definition; throws an error that names the field. */
export function cloudObject(
  object: KubernetesObject,
  at: { readonly file: string; readonly origins: readonly Origin[] },
): RenderedObject {
  const model = {
    toJSON: () => object,
    validate: () => {
      const problems = validateObject(cloudKinds, object);
      if (problems.length > 0) throw new Error(problems.join('; '));
    },
  };
  return rendered(model, at);
}

import { loadSchemas, supportedMinors } from '../../kubernetes-schemas/load-schemas.ts';
import { isBuiltIn, validateObject } from '../../kubernetes-schemas/validate-object.ts';
import type { RenderedCheck } from '../finding.ts';
import { objectPath, originFile } from './rendered-fields.ts';

/** Every object of a built-in kind is valid in each supported minor version, unknown fields refused. */
export const acceptedByKubernetes: RenderedCheck = (_target, objects) =>
  supportedMinors.flatMap((minor) => {
    const schemas = loadSchemas(minor);
    return objects
      .filter(({ object }) => isBuiltIn(schemas, object))
      .flatMap((rendered) =>
        validateObject(schemas, rendered.object).map((problem) => ({
          check: 'accepted-by-kubernetes',
          file: originFile(rendered),
          declaration: objectPath(rendered.object),
          reason: `Kubernetes ${minor} refuses it: ${problem}`,
          fix: 'Use a field that every supported version has, in the renderer of its kind',
        })),
      );
  });

import type { RenderedCheck } from '../finding.ts';
import { objectPath, originFile } from './rendered-fields.ts';

const labels = ['app.kubernetes.io/name', 'environment', 'service', 'cost-centre', 'owner'];

/** Everything says whose it is, what it costs and where it belongs. */
export const objectsLabelled: RenderedCheck = (_target, objects) =>
  objects.flatMap((rendered) => {
    const missing = labels.filter((label) => !rendered.object.metadata.labels?.[label]);
    return missing.length === 0
      ? []
      : [
          {
            check: 'objects-labelled',
            file: originFile(rendered),
            declaration: objectPath(rendered.object),
            reason: `Nobody can be asked about it or charged for it: no label ${missing.join(', ')}`,
            fix: 'Label it with objectLabels() of topology/src/render/kubernetes/object-names.ts',
          },
        ];
  });

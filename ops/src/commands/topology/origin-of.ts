import { locateKey, type Place } from '@maxai/topology/declarations/locate-key';
import type { Origin, RenderedObject } from '@maxai/topology/render/kubernetes/rendered-object';

/** The origin of a field, or of the nearest field around it that has one; not of the object as a whole. */
export function originOf({ origins }: RenderedObject, field: string): Origin | undefined {
  const around = origins.filter(
    (origin) =>
      origin.field === field ||
      (origin.field !== '' &&
        field.startsWith(origin.field) &&
        /^[.[]/.test(field.slice(origin.field.length))),
  );
  return around.toSorted((left, right) => right.field.length - left.field.length)[0];
}

/** Where the model says it; the object's own name tells the declarations of one file apart. */
export function placeOf(
  root: string,
  { object }: RenderedObject,
  { file, key }: Origin,
): Place | undefined {
  const name = object.metadata.labels?.['app.kubernetes.io/name'];
  return locateKey(root, { file, key, ...(name !== undefined && { name }) });
}

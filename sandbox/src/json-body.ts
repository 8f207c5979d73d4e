export type JsonObject = { [key: string]: unknown };

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value when it is an object, else an empty one: request bodies are read leniently, then validated. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value when it is text, else `undefined`. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `patch` laid over `base`, objects merged key by key, everything else replaced. */
export function merge(base: JsonObject, patch: JsonObject): JsonObject {
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const under = merged[key];
    merged[key] = isObject(value) && isObject(under) ? merge(under, value) : value;
  }
  return merged;
}

/** Stripe's form encoding, `items[0][price]=price_1`, as the object it stands for. */
export function nestForm(form: Iterable<[string, string]>): JsonObject {
  const nested: JsonObject = {};
  for (const [name, value] of form) {
    const path = name.replaceAll(']', '').split('[');
    let place = nested;
    for (const key of path.slice(0, -1)) {
      place[key] = asObject(place[key]);
      place = asObject(place[key]);
    }
    place[path.at(-1) ?? name] = value;
  }
  return nested;
}

/** A resource as the program asked the engine for it. */
export type Registered = {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
};

const secretMark = '4dabf18193072939515e22adb298388d';

/** Inputs as plain values: what the engine keeps encrypted travels as a marked wrapper. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plain(each));
  if (value === null || typeof value !== 'object') return value;
  const fields = value as Record<string, unknown>;
  if (secretMark in fields) return plain(fields['value']);
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plain(field)]));
}

/** Whether the engine is told to keep an input encrypted. */
export function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && secretMark in value;
}

/** What a program registered, to be asked by type and name. */
export class Resources {
  readonly all: readonly Registered[];

  constructor(all: readonly Registered[]) {
    this.all = all;
  }

  ofType(type: string): Registered[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /** The inputs of the one resource of a type and name; throws with what there is. */
  inputs(type: string, name: string): Record<string, unknown> {
    const found = this.ofType(type).find((resource) => resource.name === name);
    if (found === undefined) {
      const names = this.ofType(type).map((resource) => resource.name);
      throw new Error(`No ${type} ${name}; there are: ${names.join(', ')}`);
    }
    return plain(found.inputs) as Record<string, unknown>;
  }
}

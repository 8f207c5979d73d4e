import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const seen = new Map<string, ReadonlySet<string>>();

function sourceOf(type: string): string {
  const [cloud = '', path = ''] = type.split(':');
  const sdk = dirname(fileURLToPath(import.meta.resolve(`@pulumi/${cloud}/package.json`)));
  const [module = '', name = ''] = path.split('/');
  // `iAMMember` of the type stands in `iammember.js`.
  const file = readdirSync(join(sdk, module)).find(
    (candidate) => candidate.toLowerCase() === `${name.toLowerCase()}.js`,
  );
  if (file === undefined) throw new Error(`${cloud} has no resource type ${type}`);
  return readFileSync(join(sdk, module, file), 'utf8');
}

/** The inputs a resource type takes, from the SDK's own class; throws for a type the cloud does not have. */
export function inputsOf(type: string): ReadonlySet<string> {
  const known = seen.get(type);
  if (known !== undefined) return known;
  const inputs = new Set(
    [...sourceOf(type).matchAll(/resourceInputs\["(?<name>\w+)"\] = (?:args|state)/g)].map(
      ({ groups }) => String(groups?.['name']),
    ),
  );
  seen.set(type, inputs);
  return inputs;
}

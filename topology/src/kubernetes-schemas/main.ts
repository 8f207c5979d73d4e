import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trimOpenApi, type OpenApi } from './trim-openapi.ts';

const [, , minor, file] = process.argv;
if (minor === undefined || file === undefined || !/^\d+\.\d+$/.test(minor)) {
  process.stderr.write('usage: main.ts <minor, 1.37> <its api/openapi-spec/swagger.json>\n');
  process.exit(2);
}
// The file is the one Kubernetes publishes; a wrong one has no definitions and fails here.
const schemas = trimOpenApi(minor, JSON.parse(readFileSync(file, 'utf8')) as OpenApi);
const definitions = Object.entries(schemas.definitions).map(
  ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`,
);
writeFileSync(
  join(import.meta.dirname, `generated/kubernetes-${minor}.json`),
  `{"minor":"${minor}",\n"kinds":${JSON.stringify(schemas.kinds)},\n"definitions":{\n${definitions.join(',\n')}\n}}\n`,
);
process.stdout.write(`Kubernetes ${minor}: ${definitions.length} definitions\n`);

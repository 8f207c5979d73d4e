import { environmentVariable } from '@maxai/runtime/config';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Generator } from './generated-file.ts';

type Property = {
  description?: string;
  default?: unknown;
  enum?: readonly string[];
  type?: string;
};
type Settings = { properties: Record<string, Property>; required?: readonly string[] };

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && 'properties' in value;
}

function row(prefix: string, key: string, { properties, required = [] }: Settings): string {
  const { description = '', default: fallback, enum: choices, type = '' } = properties[key] ?? {};
  const kind = choices === undefined ? type : choices.join(', ');
  const given =
    fallback === undefined
      ? required.includes(key)
        ? 'required'
        : 'optional'
      : `\`${JSON.stringify(fallback)}\``;
  return `| \`${environmentVariable(prefix, key)}\` | ${kind} | ${given} | ${description} |`;
}

async function section(root: string, service: string): Promise<string[]> {
  const exported: unknown = await import(
    pathToFileURL(join(root, 'services', service, 'src/config.ts')).href
  );
  const prefix = service.replaceAll('-', '_').toUpperCase();
  const schemas = Object.values(exported as Record<string, unknown>).filter(isSettings);
  const rows = schemas.flatMap((settings) =>
    Object.keys(settings.properties).map((key) => row(prefix, key, settings)),
  );
  return [
    '',
    `## ${service}`,
    '',
    '| variable | kind | default | what |',
    '| --- | --- | --- | --- |',
    ...new Set(rows),
  ];
}

/** What each service reads from its environment, from the schemas its `config.ts` exports. */
export const environmentDoc: Generator = async (root) => {
  const services = readdirSync(join(root, 'services')).filter((name) =>
    existsSync(join(root, 'services', name, 'src/config.ts')),
  );
  const sections = await Promise.all(services.toSorted().map((service) => section(root, service)));
  const content = [
    '# Environment variables',
    '',
    '<!-- Generated from services/*/src/config.ts by npm run generate; do not edit. -->',
    '',
    'The topology sets all of these (`topology/src/process-environment.ts`); nobody sets them by hand. A worker reads the',
    'variables of its service. A process that misses one says which, and does not start.',
    ...sections.flat(),
    '',
  ].join('\n');
  return [{ path: 'docs/environment.md', content }];
};

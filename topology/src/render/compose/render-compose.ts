import { stringify } from 'yaml';
import { dataServices, dataVolumes } from './data-services.ts';
import { databaseServices } from './database-services.ts';
import {
  optionalServices,
  optionalVolumes,
  pgbouncerSettings,
  scrapeTargets,
} from './optional-services.ts';
import { processServices } from './process-services.ts';

/** From the root of the repository. */
export type ComposeFile = { readonly path: string; readonly content: string };

const folder = 'topology/rendered/development';
const heading = 'Rendered from the model in topology/ by npm run generate; do not edit.';

/** The whole platform for people with Docker. */
export function composeDocument() {
  return {
    name: 'maxai',
    services: {
      ...dataServices,
      ...databaseServices,
      ...processServices,
      ...optionalServices,
    },
    networks: { platform: {}, data: { internal: true } },
    volumes: Object.fromEntries([...dataVolumes, ...optionalVolumes].map((name) => [name, {}])),
  };
}

function yaml(document: unknown): string {
  const text = stringify(document, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
  return `# ${heading}\n${text}`;
}

/** `compose.yaml` and the files it mounts. */
export function renderCompose(): readonly ComposeFile[] {
  const scrape = {
    global: { scrape_interval: '15s' },
    scrape_configs: [{ job_name: 'maxai', static_configs: [{ targets: scrapeTargets() }] }],
  };
  return [
    { path: `${folder}/compose.yaml`, content: yaml(composeDocument()) },
    { path: `${folder}/compose/prometheus.yml`, content: yaml(scrape) },
    { path: `${folder}/compose/pgbouncer.ini`, content: `; ${heading}\n${pgbouncerSettings()}` },
  ];
}

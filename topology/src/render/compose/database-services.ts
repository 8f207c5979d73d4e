import { migrationEntry, operationsImage, provisioningEntry } from '../../image-names.ts';
import { environmentPrefix, type ServiceName } from '../../model/index.ts';
import { platform } from '../../platform.ts';
import {
  completed,
  confined,
  healthy,
  ourImage,
  ourUser,
  secretsFolder,
  secretsOf,
  type ComposeService,
} from './compose-service.ts';

const once = { networks: { data: {} }, restart: 'no', ...confined(ourUser, 512) } as const;

export const provisioning = 'provision';

export function migrationName(service: ServiceName): string {
  return `migrate-${service}`;
}

const provision: ComposeService = {
  image: ourImage(operationsImage),
  command: [provisioningEntry],
  environment: {
    PROVISION_ADMIN_URL_FILE: `${secretsFolder}/PROVISION_ADMIN_URL`,
    PROVISION_DATABASE: 'maxai',
    PROVISION_SCHEMAS_FILE: `${secretsFolder}/PROVISION_SCHEMAS`,
  },
  volumes: [secretsOf(provisioning)],
  depends_on: healthy(['postgres']),
  ...once,
};

function migration(service: ServiceName): ComposeService {
  const variable = `${environmentPrefix(service)}_OWNER_DATABASE_URL`;
  return {
    image: ourImage(service),
    command: [migrationEntry(service)],
    environment: { [`${variable}_FILE`]: `${secretsFolder}/${variable}` },
    volumes: [secretsOf(migrationName(service))],
    depends_on: completed([provisioning]),
    ...once,
  };
}

/** The services that own a schema. */
export const statefulServices: readonly ServiceName[] = platform.services
  .filter(({ database }) => database !== null)
  .map(({ name }) => name);

/** What runs once and is over: roles and schemas, then every schema's migrations. */
export const databaseServices: Readonly<Record<string, ComposeService>> = {
  [provisioning]: provision,
  ...Object.fromEntries(
    statefulServices.map((service) => [migrationName(service), migration(service)]),
  ),
};

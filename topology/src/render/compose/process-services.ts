import { dependenciesOf, deployables } from '../../development-plan.ts';
import { imageCommand, imageName } from '../../image-names.ts';
import type { Deployable, ServiceName } from '../../model/index.ts';
import {
  completed,
  confined,
  healthTiming,
  healthy,
  loopbackPort,
  ourImage,
  ourUser,
  secretsFolder,
  secretsOf,
  type ComposeService,
} from './compose-service.ts';
import {
  composeEnvironment,
  composeVariables,
  composeWiring,
  holdsSecret,
  markedSecrets,
  postgresAddress,
  publicHost,
  sandboxHost,
} from './compose-wiring.ts';
import { migrationName, statefulServices } from './database-services.ts';

/** For processes that do not say; they hold nothing. */
const defaultMemoryMib = 512;

function environmentOf(deployable: Deployable) {
  const variables = Object.entries(
    composeVariables(deployable, composeWiring(markedSecrets, postgresAddress)),
  );
  const secret = variables.filter(([, value]) => holdsSecret(value)).map(([name]) => name);
  const plain = variables.filter(([, value]) => !holdsSecret(value));
  const files = secret.map((name) => [`${name}_FILE`, `${secretsFolder}/${name}`]);
  return { environment: Object.fromEntries([...plain, ...files]), hasSecrets: secret.length > 0 };
}

function migrationsOf(deployable: Deployable): string[] {
  const { kind } = deployable;
  if (kind !== 'service' && kind !== 'worker') return [];
  const service: ServiceName = kind === 'worker' ? deployable.service : deployable.name;
  return statefulServices.includes(service) ? [migrationName(service)] : [];
}

function dataOf(deployable: Deployable): string[] {
  const { kind } = deployable;
  if (kind !== 'service' && kind !== 'worker') return [];
  const usesQueue = kind === 'worker' || deployable.usesQueue;
  return [...(deployable.usesCache ? ['redis-cache'] : []), ...(usesQueue ? ['redis-queue'] : [])];
}

function published(deployable: Deployable): Pick<ComposeService, 'ports' | 'networks'> {
  const { kind, port } = deployable;
  if (kind === 'edge') {
    const { publicPort } = composeEnvironment.loadBalancer;
    return {
      ports: [loopbackPort(publicPort, port)],
      networks: { platform: { aliases: [publicHost] } },
    };
  }
  if (kind === 'sandbox') {
    return { ports: [loopbackPort(port)], networks: { platform: { aliases: [sandboxHost] } } };
  }
  return { networks: kind === 'web' ? { platform: {} } : { platform: {}, data: {} } };
}

function processService(deployable: Deployable): ComposeService {
  const { name, probes } = deployable;
  const { environment, hasSecrets } = environmentOf(deployable);
  const command = imageCommand(deployable);
  const memoryMib =
    'resources' in deployable ? deployable.resources.memoryLimitMib : defaultMemoryMib;
  return {
    image: ourImage(imageName(deployable)),
    ...(command !== undefined && { command: [command] }),
    environment,
    ...(hasSecrets && { volumes: [secretsOf(name)] }),
    depends_on: {
      ...completed(migrationsOf(deployable)),
      ...healthy([...dataOf(deployable), ...dependenciesOf(deployable)]),
    },
    healthcheck: healthTiming,
    ...published(deployable),
    ...confined(ourUser, memoryMib),
    stop_grace_period: `${probes.drainSeconds}s`,
    restart: 'unless-stopped',
  };
}

/** Every process of ours, from the outside world to the edge. */
export const processServices: Readonly<Record<string, ComposeService>> = Object.fromEntries(
  deployables.map((deployable) => [deployable.name, processService(deployable)]),
);

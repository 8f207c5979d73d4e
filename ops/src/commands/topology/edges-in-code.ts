import type { Finding } from '@maxai/topology/checks/finding';
import type { Platform, ServiceName } from '@maxai/topology/model';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** `iam` → `iamUrl`, `retell` → `retellBaseUrl`: what a service's configuration calls where it reaches. */
function settingOf(platform: Platform, reached: string): string {
  return `${camelCase(reached)}${reached in platform.providers ? 'BaseUrl' : 'Url'}`;
}

/** An edge that the code uses is declared, and a declared one is used: the rest of the platform believes the declaration. */
export function checkEdgesInCode(
  platform: Platform,
  settings: ReadonlyMap<ServiceName, readonly string[]>,
): Finding[] {
  const reachable = [
    ...platform.services.map(({ name }): string => name),
    ...Object.keys(platform.providers),
  ];
  return [...settings].flatMap(([service, names]) => {
    const processes = [
      ...platform.services.filter(({ name }) => name === service),
      ...platform.workers.filter((worker) => worker.service === service),
    ];
    const declared = new Set(
      processes.flatMap(({ calls, providers }): string[] => [...calls, ...providers]),
    );
    return reachable
      .map((reached) => ({ reached, setting: settingOf(platform, reached) }))
      .filter(({ reached, setting }) => declared.has(reached) !== names.includes(setting))
      .map(({ reached, setting }) =>
        declared.has(reached)
          ? {
              check: 'edges-in-code',
              file: `services/${service}/deploy.ts`,
              declaration: `${service} calls ${reached}`,
              reason: `Nothing in its configuration reads where ${reached} is: an open way that nobody needs`,
              fix: `Drop ${reached} from its deploy.ts or read ${setting} in services/${service}/src/config.ts`,
            }
          : {
              check: 'edges-in-code',
              file: `services/${service}/src/config.ts`,
              declaration: `${service} reads ${setting}`,
              reason: `It does not declare that it calls ${reached}: it is given no address and no key, and the network is closed`,
              fix: `Add ${reached} to calls or providers in services/${service}/deploy.ts`,
            },
      );
  });
}

/** The settings every service's `config.ts` reads, from the schemas it exports. */
export async function settingsOfServices(
  root: string,
  { services }: Platform,
): Promise<Map<ServiceName, string[]>> {
  const read = services.map(async ({ name }) => {
    const file = pathToFileURL(join(root, 'services', name, 'src/config.ts')).href;
    // A module's exports; those that are schemas of settings have properties.
    const exported = (await import(file)) as Record<string, { properties?: object }>;
    const keys = Object.values(exported).flatMap(({ properties = {} }) => Object.keys(properties));
    return [name, keys] as const;
  });
  return new Map(await Promise.all(read));
}

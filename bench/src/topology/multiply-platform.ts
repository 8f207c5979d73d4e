import type { Platform, SecretName } from '@maxai/topology/model';
import { releases } from '@maxai/topology/releases';
import { secretReaders } from '@maxai/topology/secret-readers';

type Named = { readonly name: string };

const firstPort = 10_000;
const portsOfACopy = 20;

/** `iam` → `iam-c7`, `orchestrator-worker` → `orchestrator-c7-worker`. */
function copyName(name: string, copy: number): string {
  return name.endsWith('-worker') ? `${name.slice(0, -7)}-c${copy}-worker` : `${name}-c${copy}`;
}

function copyBackend<T extends Platform['services'][number] | Platform['workers'][number]>(
  backend: T,
  index: number,
  copy: number,
): T {
  const named = (names: readonly string[]) => names.map((name) => copyName(name, copy));
  const { name, calls, produces } = backend;
  const database =
    'database' in backend && backend.database !== null
      ? { ...backend.database, schema: `${backend.database.schema}_c${copy}` }
      : null;
  const changed = {
    ...backend,
    name: copyName(name, copy),
    port: firstPort + copy * portsOfACopy + index,
    calls: named(calls),
    produces: named(produces),
    ...(backend.kind === 'worker'
      ? { service: copyName(backend.service, copy), consumes: named(backend.consumes) }
      : { database, exposure: 'internal' }),
  };
  // Names outside the unions are the point: no such platform is declared anywhere.
  return changed as unknown as T;
}

/** The lock of a platform that does not exist: what is multiplied has the image it was copied from. */
function lockImages(copies: readonly Named[]): void {
  for (const { images } of Object.values(releases)) {
    const digests: Record<string, string> = images;
    for (const { name } of copies) digests[name] ??= digests[name.replace(/-c\d+$/, '')] ?? '';
  }
}

/** The platform with each service and worker declared `times` times, every copy with edges, queues and secrets of its own. */
export function multiplyPlatform(platform: Platform, times: number): Platform {
  const copies = Array.from({ length: times - 1 }, (_, index) => index + 1);
  const copied = <T extends Parameters<typeof copyBackend>[0]>(list: readonly T[], from: number) =>
    copies.flatMap((copy) => list.map((one, index) => copyBackend(one, from + index, copy)));
  const services = copied(platform.services, 0);
  const workers = copied(platform.workers, platform.services.length);
  const queues = copies.flatMap((copy) =>
    Object.entries(platform.queues).map(([name, instance]) => [copyName(name, copy), instance]),
  );
  lockImages(services);
  const multiplied: Platform = {
    ...platform,
    services: [...platform.services, ...services],
    workers: [...platform.workers, ...workers],
    // Copies of names of queues.
    queues: { ...platform.queues, ...(Object.fromEntries(queues) as Platform['queues']) },
  };
  const { 'iam-encryption-key': example } = platform.secrets;
  const read = [...secretReaders(multiplied).keys()].map((name: SecretName) => [
    name,
    platform.secrets[name] ?? example,
  ]);
  // Every secret that the copies read.
  return { ...multiplied, secrets: Object.fromEntries(read) as Platform['secrets'] };
}

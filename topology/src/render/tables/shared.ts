import { secretReaders } from '../../secret-readers.ts';
import type { Platform } from '../../model/index.ts';
import { list, markdownTable } from './markdown-table.ts';

export function routesTable({ routes }: Platform): string {
  return markdownTable(
    ['path', 'answered by'],
    routes.map(({ path, to }) => [`\`${path}\``, to]),
  );
}

export function nodePoolsTable({ nodePools }: Platform): string {
  return markdownTable(
    ['node pool', 'for', 'vCPU', 'memory'],
    Object.entries(nodePools).map(([name, { purpose, vcpu, memoryGb }]) => [
      name,
      purpose,
      `${vcpu.min}–${vcpu.max}`,
      `${memoryGb.min}–${memoryGb.max} GB`,
    ]),
  );
}

export function cacheTable({ cacheUses }: Platform): string {
  return markdownTable(
    ['cached', 'at most'],
    cacheUses.map(({ use, ttlSeconds }) => [use, `${ttlSeconds} s`]),
  );
}

export function providersTable({ providers }: Platform): string {
  return markdownTable(
    ['provider', 'host', 'for', 'credential, kept by iam per connection'],
    Object.entries(providers).map(([name, { host, purpose, credential }]) => [
      name,
      host,
      purpose,
      credential,
    ]),
  );
}

export function secretsTable(platform: Platform): string {
  const readers: ReadonlyMap<string, readonly string[]> = secretReaders(platform);
  return markdownTable(
    ['secret', 'group', 'kind', 'purpose', 'read by'],
    Object.entries(platform.secrets).map(([name, { category, kind, purpose }]) => [
      name,
      category,
      kind,
      purpose,
      list(readers.get(name) ?? []),
    ]),
  );
}

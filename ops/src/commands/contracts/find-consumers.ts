import { allOperations, publicOperations } from '@maxai/contracts/operations';
import type { Operation } from '@maxai/contracts/operation';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importedOperations, scanCalls, type FoundCall } from './scan-calls.ts';

/** One operation that one deployable uses, with everything it sends and reads. */
export type Use = {
  readonly operation: string;
  readonly provider: string;
  /** Null when a value is passed on whole somewhere. */
  readonly sends: readonly string[] | null;
  readonly reads: readonly string[] | null;
  readonly files: readonly string[];
};

/** By consumer. */
export type Consumers = Readonly<Record<string, readonly Use[]>>;

/** A call whose operation the source does not name. */
export type UnknownCall = { readonly file: string; readonly operation: string };

const byId = new Map(allOperations.map((operation) => [operation.id, operation]));

/** Whose source is whose; `maxai-ops` is the command that provisions development. */
const sources = [
  { pattern: 'services/*/src/**/*.ts', consumer: (file: string) => String(file.split('/')[1]) },
  {
    pattern: 'apps/*/{src,app}/**/*.{ts,tsx}',
    consumer: (file: string) => String(file.split('/')[1]),
  },
  { pattern: 'ops/src/commands/demo/**/*.ts', consumer: () => 'maxai-ops' },
] as const;

type Located = FoundCall & { readonly file: string; readonly consumer: string };

function callsIn(root: string): Located[] {
  return sources.flatMap(({ pattern, consumer }) =>
    globSync(pattern, { cwd: root })
      .filter((file) => !/\.test\.tsx?$|\/generated\/|node_modules|\.next/.test(file))
      .toSorted()
      .flatMap((file) => {
        const source = readFileSync(join(root, file), 'utf8');
        const imported = importedOperations(source);
        return scanCalls(source).map((call) => ({
          ...call,
          operation: imported.get(call.operation) ?? call.operation,
          file,
          consumer: consumer(file),
        }));
      }),
  );
}

/** Redis's scripts call its commands the same way; an upper-case name in quotes is one. */
const isRedisCommand = ({ by, operation }: Located) => by === 'id' && /^[A-Z]+$/.test(operation);

function union(lists: readonly (readonly string[] | null)[]): string[] | null {
  if (lists.includes(null)) return null;
  return [...new Set(lists.flatMap((list) => list ?? []))].toSorted();
}

function useOf(operation: Operation, calls: readonly Located[]): Use {
  return {
    operation: operation.id,
    provider: operation.service,
    sends: union(calls.map(({ sends }) => sends)),
    reads: union(calls.map(({ reads }) => reads)),
    files: [...new Set(calls.map(({ file }) => file))],
  };
}

/** The gateway passes every public operation of the others on, as it comes. */
const forwarded: readonly Use[] = publicOperations
  .filter(({ service }) => service !== 'api-gateway')
  .map(({ id, service }) => ({
    operation: id,
    provider: service,
    sends: null,
    reads: null,
    files: ['services/api-gateway/src/http/operations.ts'],
  }));

/** Who uses which operation, from the sources of a checkout. */
export function findConsumers(root: string): { consumers: Consumers; unknown: UnknownCall[] } {
  const calls = callsIn(root).filter((call) => !isRedisCommand(call));
  const names = [...new Set([...calls.map(({ consumer }) => consumer), 'api-gateway'])].toSorted();
  const consumers = names.map((name): [string, readonly Use[]] => {
    const own = calls.filter(({ consumer }) => consumer === name);
    const uses = [...new Set(own.map(({ operation }) => operation))].flatMap((id) => {
      const operation = byId.get(id);
      return operation === undefined
        ? []
        : [
            useOf(
              operation,
              own.filter((call) => call.operation === id),
            ),
          ];
    });
    const all = name === 'api-gateway' ? [...uses, ...forwarded] : uses;
    return [name, all.toSorted((a, b) => a.operation.localeCompare(b.operation, 'en'))];
  });
  return {
    consumers: Object.fromEntries(consumers),
    unknown: calls
      .filter(({ operation }) => !byId.has(operation))
      .map(({ file, operation }) => ({ file, operation })),
  };
}

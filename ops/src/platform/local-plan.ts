import type { SchemaRoles } from '@maxai/runtime/database';

/** One process of the plan; `env` is all it sees besides PATH, HOME, TZ and NODE_ENV. */
export type LocalProcess = {
  readonly name: string;
  readonly kind: 'service' | 'worker' | 'web' | 'edge' | 'sandbox';
  readonly entry: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly healthUrl: string;
};

export type LocalSchema = Omit<SchemaRoles, 'ownerPassword' | 'appPassword'> & {
  readonly ownerPasswordSecret: string;
  readonly appPasswordSecret: string;
};

/** What running on one machine needs to know; the topology's development plan is one, a test's is another. */
export type LocalPlan = {
  readonly postgres: {
    readonly port: number;
    readonly database: string;
    readonly adminPasswordSecret: string;
    readonly schemas: readonly LocalSchema[];
  };
  readonly redis: readonly {
    readonly name: string;
    readonly port: number;
    readonly maxmemoryPolicy: 'noeviction' | 'allkeys-lru';
    readonly appendOnly: boolean;
    readonly maxmemoryMb: number;
  }[];
  readonly migrations: readonly {
    readonly schema: string;
    readonly directory: string;
    readonly url: string;
  }[];
  readonly processes: readonly LocalProcess[];
};

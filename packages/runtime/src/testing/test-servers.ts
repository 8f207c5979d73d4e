import { inject } from 'vitest';

/** What the run's global setup started, as every test file sees it. */
export type TestServers = {
  /** Of the superuser. */
  readonly postgresUrl: string;
  /** Without a database number. */
  readonly redisUrl: string;
  /** Logical databases of that Redis. */
  readonly redisDatabases: number;
};

declare module 'vitest' {
  interface ProvidedContext {
    testServers: TestServers;
  }
}

export function testServers(): TestServers {
  return inject('testServers');
}

import type { Clock } from '@maxai/kernel/clock';
import type { SandboxAccounts } from './accounts.ts';
import type { Collection } from './collection.ts';
import type { FaultBook } from './http/fault-book.ts';
import type { RequestLog } from './http/request-log.ts';
import type { HighLevelKeyPair } from './signing/highlevel.ts';

/** What every provider of the sandbox shares. */
export type World = {
  readonly clock: Clock;
  readonly accounts: SandboxAccounts;
  readonly highlevelKeys: HighLevelKeyPair;
  readonly requests: RequestLog;
  readonly faults: FaultBook;
  /** HighLevel's burst limit, requests per 10 s. */
  highlevelBurstMax: number;
};

/** One provider's memory: a collection for each kind of thing it creates. */
export type ProviderState = Readonly<Record<string, Collection<unknown>>>;

export function clearState(state: ProviderState): void {
  for (const collection of Object.values(state)) collection.clear();
}

import { newId } from '@maxai/kernel/ids';
import { newTraceparent, type RequestContext } from '@maxai/kernel/trace-context';
import { AsyncLocalStorage } from 'node:async_hooks';
import { activeTraceparent } from './spans.ts';

export type MutableContext = { -readonly [K in keyof RequestContext]: RequestContext[K] };

const storage = new AsyncLocalStorage<MutableContext>();

/** Runs `work` with the context that log lines, outgoing calls and jobs pick up. */
export function runWithContext<T>(context: RequestContext, work: () => T): T {
  return storage.run({ ...context }, work);
}

/** Re-enters a context that an event emitter lost; what {@link tagContext} added is still there. */
export function resumeContext<T>(context: MutableContext, work: () => T): T {
  return storage.run(context, work);
}

/** The current context, or a new one for work that nobody asked for, such as a sweep. */
export function currentContext(): RequestContext {
  return (
    storage.getStore() ?? {
      correlationId: newId('correlation'),
      traceparent: activeTraceparent() ?? newTraceparent(),
    }
  );
}

/** Adds what became known on the way, such as the tenant once the caller is authenticated. */
export function tagContext(
  tags: Partial<Pick<RequestContext, 'tenantId' | 'clientId' | 'userId'>>,
): void {
  const store = storage.getStore();
  if (store) Object.assign(store, tags);
}

/** The current context as a job carries it. */
export function jobContextOf(tenantId: string, clientId: string | null) {
  const { correlationId, traceparent } = currentContext();
  return { correlationId, traceparent, tenantId, clientId };
}

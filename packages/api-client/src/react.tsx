import {
  QueryCache,
  QueryClient,
  QueryClientProvider,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { ApiProblem } from './api-problem.ts';
import {
  createApiClient,
  type AnswerOf,
  type ApiClient,
  type InputOf,
  type OperationId,
  type QueryInputOf,
} from './create-api-client.ts';

const api: ApiClient = createApiClient({ baseUrl: '' });
const refreshEveryMs = 10_000;

/** Holds what was read; `onSignedOut` runs when an answer says there is no session any more. */
export function ApiProvider(props: { onSignedOut: () => void; children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        queryCache: new QueryCache({
          onError: (error) => {
            if (error instanceof ApiProblem && error.status === 401) props.onSignedOut();
          },
        }),
        defaultOptions: {
          queries: { retry: false, staleTime: 2000, refetchInterval: refreshEveryMs },
        },
      }),
  );
  return <QueryClientProvider client={client}>{props.children}</QueryClientProvider>;
}

/** Something being read: not there yet, failed with a way to try again, or there. */
export type Reading<T> = {
  readonly data: T | undefined;
  readonly problem: ApiProblem | null;
  readonly retry: () => void;
};

type Result<T> = { data: T | undefined; error: Error | null; refetch: () => unknown };
function reading<T>({ data, error, refetch }: Result<T>): Reading<T> {
  // The client rejects with nothing but ApiProblem. A failed refresh keeps what is already shown.
  return {
    data,
    problem: data === undefined ? (error as ApiProblem | null) : null,
    retry: () => void refetch(),
  };
}

/** Reads one operation and keeps it fresh. */
export function useOperation<K extends OperationId>(
  id: K,
  ...input: Partial<InputOf<K>> extends InputOf<K> ? [InputOf<K>?] : [InputOf<K>]
): Reading<AnswerOf<K>> {
  return reading(useQuery({ queryKey: [id, ...input], queryFn: () => api.call(id, ...input) }));
}

type PageOf<T> = { readonly items: readonly T[]; readonly nextCursor: string | null };
type PagedId = {
  [K in OperationId]: AnswerOf<K> extends PageOf<unknown> ? K : never;
}[OperationId];
/** One row of a paged list. */
export type RowOf<K extends PagedId> = AnswerOf<K> extends PageOf<infer T> ? T : never;

/** Rows read so far; `more` reads the next page and is null on the last one. */
export type Rows<T> = Reading<readonly T[]> & { readonly more: (() => void) | null };

/** Reads a list page by page; several queries are read side by side and their rows put together. */
export function useRows<K extends PagedId>(
  id: K,
  ...queries: readonly QueryInputOf<K>[]
): Rows<RowOf<K>> {
  const all = queries.length === 0 ? [{}] : queries;
  const result = useInfiniteQuery({
    queryKey: [id, 'rows', ...all],
    initialPageParam: all.map((): string | null | undefined => undefined),
    queryFn: ({ pageParam }) =>
      Promise.all(
        all.map(async (query, index): Promise<PageOf<RowOf<K>>> => {
          const cursor = pageParam[index];
          if (cursor === null) return { items: [], nextCursor: null };
          // A paged operation takes a cursor and answers a page of its rows.
          const input = { query: { ...query, cursor } } as unknown as InputOf<K>;
          return (await api.call(id, ...([input] as unknown as never))) as unknown as PageOf<
            RowOf<K>
          >;
        }),
      ),
    getNextPageParam: (pages) => {
      const cursors = pages.map((page) => page.nextCursor);
      return cursors.every((cursor) => cursor === null) ? null : cursors;
    },
  });
  const { data, hasNextPage, fetchNextPage } = result;
  const rows = useMemo(
    () => data?.pages.flatMap((pages) => pages.flatMap((page) => page.items)),
    [data],
  );
  return {
    ...reading({ ...result, data: rows }),
    more: hasNextPage ? () => void fetchNextPage() : null,
  };
}

/** A change in progress or done; `problem` is why it was refused. */
export type Action<K extends OperationId> = {
  readonly run: (input: InputOf<K>) => void;
  readonly running: boolean;
  readonly problem: ApiProblem | null;
};

/** Runs one changing operation once per call; everything shown is read again after it. */
export function useAction<K extends OperationId>(
  id: K,
  done: (answer: AnswerOf<K>) => void,
): Action<K> {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (input: InputOf<K>) =>
      // A complete input fits both arms of the rest tuple.
      api.call(id, ...([{ idempotencyKey: crypto.randomUUID(), ...input }] as unknown as never)),
    onSuccess: async (answer) => {
      done(answer);
      await client.invalidateQueries();
    },
  });
  return { run: mutate, running: isPending, problem: error as ApiProblem | null };
}

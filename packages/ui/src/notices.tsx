import type { ReactNode } from 'react';
import { Button } from './button.tsx';

/** What went wrong, in the words of the platform. */
export type Trouble = {
  readonly title: string;
  readonly detail: string | null;
  readonly correlationId: string | null;
  readonly fields: readonly { readonly pointer: string; readonly detail: string }[];
};

/** An error with what to quote to support and, if given, a way to try again. */
export function ProblemNotice({ problem, retry }: { problem: Trouble; retry?: () => void }) {
  return (
    <div
      role="alert"
      className="grid justify-items-start gap-2 rounded-lg bg-bad-soft p-4 text-bad"
    >
      <p className="font-medium">{problem.title}</p>
      {problem.detail && <p>{problem.detail}</p>}
      {problem.fields.length > 0 && (
        <ul className="list-disc pl-5">
          {problem.fields.map((field) => (
            <li key={field.pointer}>
              {field.pointer}: {field.detail}
            </li>
          ))}
        </ul>
      )}
      {problem.correlationId && (
        <p className="text-xs">
          Quote to support: <code className="font-mono">{problem.correlationId}</code>
        </p>
      )}
      {retry && (
        <Button size="small" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function EmptyNotice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="px-4 py-12 text-center">
      <p className="font-medium">{title}</p>
      <div className="mx-auto mt-1 max-w-md text-muted [&_a]:text-accent [&_a]:underline">
        {children}
      </div>
    </div>
  );
}

/** Stands in for content that is being read. */
export function LoadingNotice() {
  return (
    <output aria-label="Loading" className="grid gap-3 p-4">
      {['w-1/3', 'w-2/3', 'w-1/2'].map((width) => (
        <span key={width} className={`h-4 animate-pulse rounded bg-raised ${width}`} />
      ))}
    </output>
  );
}

type LoadedProps<T> = {
  reading: { data: T | undefined; problem: Trouble | null; retry: () => void };
  children: (data: T) => ReactNode;
};

/** Shows what was read, or that it is being read, or why it could not be. */
export function Loaded<T>({ reading, children }: LoadedProps<T>) {
  if (reading.problem) return <ProblemNotice problem={reading.problem} retry={reading.retry} />;
  return reading.data === undefined ? <LoadingNotice /> : children(reading.data);
}

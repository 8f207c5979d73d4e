import type { ReactNode } from 'react';

/** Facts by name; a fact that is null is left out. */
export function KeyValue({ facts }: { facts: Readonly<Record<string, ReactNode>> }) {
  return (
    <dl className="grid [&_a]:text-accent [&_a]:hover:underline grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-[minmax(8rem,auto)_1fr]">
      {Object.entries(facts).map(
        ([name, fact]) =>
          fact !== null && (
            <div key={name} className="contents">
              <dt className="text-[13px] text-muted">{name}</dt>
              <dd className="-mt-2 min-w-0 break-words sm:mt-0">{fact}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

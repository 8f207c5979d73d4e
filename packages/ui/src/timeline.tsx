import type { ReactNode } from 'react';
import { StatusPill } from './status-pill.tsx';

/** One thing that happened, in order. */
export type TimelineItem = {
  readonly key: string;
  readonly title: ReactNode;
  readonly status: string;
  readonly note: ReactNode;
  readonly body: ReactNode;
};

/** What happened, from first to last. */
export function Timeline({ label, items }: { label: string; items: readonly TimelineItem[] }) {
  return (
    <ol aria-label={label} className="relative">
      {items.map((item, index) => (
        <li
          key={item.key}
          className="relative pb-6 pl-9 last:pb-0 not-last:before:absolute not-last:before:top-6 not-last:before:bottom-0 not-last:before:left-[11px] not-last:before:w-px not-last:before:bg-line"
        >
          <span
            aria-hidden
            className="absolute top-0 left-0 flex size-6 items-center justify-center rounded-full border border-line bg-raised text-xs font-medium text-muted tabular-nums"
          >
            {index + 1}
          </span>
          <div className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="font-medium">{item.title}</h3>
            <StatusPill status={item.status} />
            <span className="text-[13px] text-muted">{item.note}</span>
          </div>
          <div className="mt-2 grid gap-2">{item.body}</div>
        </li>
      ))}
    </ol>
  );
}

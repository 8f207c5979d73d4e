import { useId, type ReactNode } from 'react';

type CardProps = { title: string; actions?: ReactNode; flush?: boolean; children: ReactNode };

/** A titled section; `flush` lets a table or list reach its edges. */
export function Card({ title, actions, flush = false, children }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="min-w-0 overflow-hidden rounded-xl border border-line bg-surface shadow-xs"
    >
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
        <h2 id={id} className="text-[13px] font-semibold">
          {title}
        </h2>
        {actions}
      </header>
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

type StatProps = { label: string; children: ReactNode; note?: ReactNode };

/** One figure with its name. */
export function Stat({ label, children, note }: StatProps) {
  return (
    <div className="relative rounded-xl border border-line bg-surface p-4 shadow-xs transition-colors has-[a:hover]:border-line-strong">
      <div className="text-[13px] text-muted">{label}</div>
      <div className="mt-1 text-2xl font-semibold tracking-tight tabular-nums [&_a]:after:absolute [&_a]:after:inset-0 [&_a]:after:rounded-xl">
        {children}
      </div>
      <div className="mt-1 text-xs text-muted">{note}</div>
    </div>
  );
}

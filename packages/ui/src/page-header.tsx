import type { ReactNode } from 'react';

type PageHeaderProps = {
  title: string;
  description?: ReactNode;
  back?: ReactNode;
  actions?: ReactNode;
};

/** The one `h1` of a page, what the page is about, and what can be done on it. */
export function PageHeader({ title, description, back, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back && <div className="mb-1.5 text-[13px] text-muted [&_a]:hover:text-ink">{back}</div>}
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {description && (
          <div className="mt-1 flex flex-wrap items-center gap-2 text-muted">{description}</div>
        )}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

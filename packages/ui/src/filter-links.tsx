import type { LinkComponent } from './app-shell.tsx';
import { classNames } from './class-names.ts';

type FilterLinksProps = {
  label: string;
  /** What is shown → where it leads. */
  options: readonly { readonly text: string; readonly href: string; readonly current: boolean }[];
  link: LinkComponent;
};

/** A choice among views of one list, each with its own address. */
export function FilterLinks({ label, options, link: Link }: FilterLinksProps) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-0.5 rounded-lg bg-raised p-0.5">
      {options.map((option) => (
        <Link
          key={option.text}
          href={option.href}
          aria-current={option.current ? 'page' : undefined}
          className={classNames(
            'rounded-md px-2.5 py-1 text-[13px] font-medium text-muted hover:text-ink',
            option.current && 'bg-surface text-ink shadow-xs',
          )}
        >
          {option.text}
        </Link>
      ))}
    </nav>
  );
}

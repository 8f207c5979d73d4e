'use client';
import { ArrowDown, ArrowUp, Download, Search } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { toCsv, type CellValue } from './csv.ts';
import { EmptyNotice, Loaded, type Trouble } from './notices.tsx';

/** One column: `value` is what is sorted, filtered and exported, `cell` what is shown instead. */
export type Column<Row> = {
  readonly header: string;
  readonly value: (row: Row) => CellValue;
  readonly cell?: (row: Row) => ReactNode;
  readonly numeric?: boolean;
};

type DataTableProps<Row extends { id: string }> = {
  label: string;
  columns: readonly Column<Row>[];
  rows: {
    data: readonly Row[] | undefined;
    problem: Trouble | null;
    retry: () => void;
    more: (() => void) | null;
  };
  /** What to do when there is nothing. */
  empty: ReactNode;
  filters?: ReactNode;
  /** Shows the label above the rows, for pages with several lists. */
  titled?: boolean;
};

type Sorting = { readonly header: string; readonly direction: 'ascending' | 'descending' } | null;

function compare(left: CellValue, right: CellValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left ?? '').localeCompare(String(right ?? ''), 'en', { numeric: true });
}

function nextSorting(current: Sorting, header: string): Sorting {
  if (current?.header !== header) return { header, direction: 'ascending' };
  return current.direction === 'ascending' ? { header, direction: 'descending' } : null;
}

/** Moves the focus to the first link or button of the row above or below. */
function withArrowKeys(mounted: HTMLTableSectionElement | null) {
  // With a cleanup function React calls a ref with the element only.
  const body = mounted as HTMLTableSectionElement;
  const move = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const rows = [...body.querySelectorAll('tr')];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    rows[at + step]?.querySelector<HTMLElement>('a, button')?.focus();
    event.preventDefault();
  };
  body.addEventListener('keydown', move);
  return () => body.removeEventListener('keydown', move);
}

function download(name: string, text: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = `${name.toLowerCase().replaceAll(/\W+/g, '-')}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A list that sorts, filters and exports what is shown, and reads further pages on demand. */
export function DataTable<Row extends { id: string }>(props: DataTableProps<Row>) {
  const { label, columns, rows, filters, empty, titled = false } = props;
  const [search, setSearch] = useState('');
  const [sorting, setSorting] = useState<Sorting>(null);

  const wanted = search.trim().toLowerCase();
  const matching = (rows.data ?? []).filter((row) =>
    columns.some((column) =>
      String(column.value(row) ?? '')
        .toLowerCase()
        .includes(wanted),
    ),
  );
  const sortedBy = columns.find((column) => column.header === sorting?.header);
  const sign = sorting?.direction === 'descending' ? -1 : 1;
  const shown = sortedBy
    ? matching.toSorted((a, b) => sign * compare(sortedBy.value(a), sortedBy.value(b)))
    : matching;
  const exportShown = () =>
    download(
      label,
      toCsv([
        columns.map((column) => column.header),
        ...shown.map((row) => columns.map((column) => column.value(row))),
      ]),
    );

  return (
    <section
      aria-label={label}
      className="overflow-hidden rounded-xl border border-line bg-surface shadow-xs"
    >
      {titled && <h2 className="px-4 pt-3 text-[13px] font-semibold">{label}</h2>}
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <label className="relative min-w-40 flex-1 sm:max-w-64">
          <span className="sr-only">Filter {label}</span>
          <Search
            aria-hidden
            className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted"
          />
          <input
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            placeholder="Filter"
            className="h-8 w-full rounded-md border border-line bg-surface pr-2 pl-8 text-[13px] placeholder:text-muted"
          />
        </label>
        {filters}
        <span className="ml-auto flex items-center gap-2">
          <output className="text-xs text-muted tabular-nums">
            {rows.data && `${shown.length}${rows.more ? '+' : ''} shown`}
          </output>
          <Button look="quiet" onClick={exportShown} disabled={shown.length === 0}>
            <Download aria-hidden />
            Export CSV
          </Button>
        </span>
      </div>
      <Loaded reading={rows}>
        {(all) =>
          all.length === 0 ? (
            <EmptyNotice title={`No ${label.toLowerCase()} yet`}>{empty}</EmptyNotice>
          ) : (
            <div className="relative overflow-x-auto">
              <table className="w-full border-collapse text-left text-[13px]">
                <thead>
                  <tr className="border-b border-line">
                    {columns.map((column) => {
                      const direction = sorting?.header === column.header && sorting.direction;
                      return (
                        <th
                          key={column.header}
                          scope="col"
                          aria-sort={direction || 'none'}
                          className={classNames(
                            'px-2 py-1 font-medium text-muted first:pl-4 last:pr-4',
                            column.numeric && 'text-right',
                          )}
                        >
                          <button
                            type="button"
                            onClick={() => setSorting(nextSorting(sorting, column.header))}
                            className="-mx-1 inline-flex h-7 items-center gap-1 rounded px-1 whitespace-nowrap hover:text-ink"
                          >
                            {column.header}
                            {direction === 'ascending' && (
                              <ArrowUp aria-hidden className="size-3" />
                            )}
                            {direction === 'descending' && (
                              <ArrowDown aria-hidden className="size-3" />
                            )}
                          </button>
                        </th>
                      );
                    })}
                  </tr>
                </thead>
                <tbody ref={withArrowKeys} className="divide-y divide-line">
                  {shown.map((row) => (
                    <tr key={row.id} className="transition-colors hover:bg-raised/60">
                      {columns.map((column) => (
                        <td
                          key={column.header}
                          className={classNames(
                            'h-11 max-w-80 truncate px-2 first:pl-4 last:pr-4 [&_a]:font-medium [&_a]:hover:text-accent [&_a]:hover:underline',
                            column.numeric && 'text-right tabular-nums',
                          )}
                        >
                          {column.cell ? column.cell(row) : column.value(row)}
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
              {shown.length === 0 && (
                <p className="p-8 text-center text-muted">Nothing here matches “{search}”.</p>
              )}
            </div>
          )
        }
      </Loaded>
      {rows.more && (
        <div className="border-t border-line p-2 text-center">
          <Button look="quiet" onClick={rows.more}>
            Load more
          </Button>
        </div>
      )}
    </section>
  );
}

import { cleanup, configure, render, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DataTable, type Column } from './data-table.tsx';

// Conditions are waited for, never times: a busy machine may take long.
configure({ asyncUtilTimeout: 15_000 });

type Row = { id: string; name: string; size: number | null };
const columns: readonly Column<Row>[] = [
  {
    header: 'Name',
    value: (row) => row.name,
    cell: (row) => <a href={`#${row.id}`}>{row.name}</a>,
  },
  { header: 'Size', value: (row) => row.size, numeric: true },
];
const data: Row[] = [
  { id: 'b', name: 'Beta', size: 10 },
  { id: 'a', name: 'alpha, "first"', size: 9 },
  { id: 'g', name: '=gamma', size: null },
];
const rows = { data, problem: null, retry: () => undefined, more: null };
const table = (over: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) =>
  render(<DataTable label="Things" columns={columns} rows={rows} empty="Make one." {...over} />);
const names = () => screen.queryAllByRole('link').map((link) => link.textContent);
const sortBy = (header: string) =>
  userEvent.click(within(screen.getByRole('columnheader', { name: header })).getByRole('button'));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('DataTable', () => {
  it('sorts up, then down, then as it came, and says so', async () => {
    table();
    const header = () =>
      screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort');
    expect(header()).toBe('none');
    await sortBy('Name');
    expect([header(), names()]).toEqual(['ascending', ['=gamma', 'alpha, "first"', 'Beta']]);
    await sortBy('Name');
    expect([header(), names()]).toEqual(['descending', ['Beta', 'alpha, "first"', '=gamma']]);
    await sortBy('Name');
    expect([header(), names()]).toEqual(['none', ['Beta', 'alpha, "first"', '=gamma']]);
  });

  it('sorts numbers as numbers, and starts upwards on another column', async () => {
    table();
    await sortBy('Name');
    await sortBy('Size');
    expect(names()).toEqual(['=gamma', 'alpha, "first"', 'Beta']);
  });

  it('filters over every column and says when nothing matches', async () => {
    table({ titled: true });
    await userEvent.type(screen.getByRole('searchbox', { name: 'Filter Things' }), ' ALPHA ');
    expect(names()).toEqual(['alpha, "first"']);
    expect(screen.getByText('1 shown')).toBeTruthy();
    await userEvent.type(screen.getByRole('searchbox'), 'x');
    expect(screen.getByText(/Nothing here matches/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Export CSV' })).toHaveProperty('disabled', true);
    expect(screen.getByRole('heading', { name: 'Things' })).toBeTruthy();
  });

  it('exports what is shown, safe for spreadsheets', async () => {
    const blobs: Blob[] = [];
    vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
      blobs.push(blob as Blob);
      return 'blob:x';
    });
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function click(
      this: HTMLAnchorElement,
    ) {
      saved.push(this.download);
    });
    table({ label: 'Things sold' });
    await userEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(await blobs[0]?.text()).toBe(
      'Name,Size\r\nBeta,10\r\n"alpha, ""first""",9\r\n\'=gamma,\r\n',
    );
    expect(saved).toEqual(['things-sold.csv']);
  });

  it('moves between rows with the arrow keys and stops at the ends', async () => {
    table();
    const links = screen.getAllByRole('link');
    links[0]?.focus();
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    expect(document.activeElement).toBe(links[2]);
    await userEvent.keyboard('{ArrowDown}{ArrowUp}x');
    expect(document.activeElement).toBe(links[1]);
  });

  it('says what to do when there is nothing', () => {
    table({ rows: { ...rows, data: [] } });
    expect(screen.getByText('No things yet')).toBeTruthy();
    expect(screen.getByText('Make one.')).toBeTruthy();
  });

  it('shows that it reads, that there is more, and what went wrong', async () => {
    const more = vi.fn<() => void>();
    const view = table({ rows: { ...rows, data: undefined } });
    expect(screen.getByRole('status', { name: 'Loading' })).toBeTruthy();
    view.unmount();
    table({ rows: { ...rows, more } }).rerender(
      <DataTable label="Things" columns={columns} rows={{ ...rows, more }} empty="" />,
    );
    await userEvent.click(screen.getByRole('button', { name: 'Load more' }));
    expect(more).toHaveBeenCalledOnce();
    cleanup();
    const retry = vi.fn<() => void>();
    const problem = { title: 'Down', detail: null, correlationId: null, fields: [] };
    table({ rows: { data: undefined, problem, retry, more: null } });
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });
});

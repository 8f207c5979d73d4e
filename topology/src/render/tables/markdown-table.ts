type Cell = string | number;

/** A Markdown table; a pipe inside a cell is escaped. */
export function markdownTable(headings: readonly string[], rows: readonly (readonly Cell[])[]) {
  const line = (cells: readonly Cell[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.length === 0 ? '–' : items.join(', ');
}

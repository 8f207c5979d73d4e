function isFigure(cell: string): boolean {
  return /^[-$<>~]?\d|^[-–]$/.test(cell);
}

/** Aligned columns for a terminal: a column of figures to the right, any other to the left. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const lines = [[...headings], ...rows.map((row) => row.map(String))];
  const columns = headings.map((_, column) => {
    const cells = lines.map((line) => line[column] ?? '');
    return {
      width: Math.max(...cells.map(({ length }) => length)),
      right: cells.slice(1).every(isFigure),
    };
  });
  const pad = (line: readonly string[]) =>
    columns.map(({ width, right }, column) => {
      const cell = line[column] ?? '';
      return right ? cell.padStart(width) : cell.padEnd(width);
    });
  return lines.map((line) => pad(line).join('  ').trimEnd()).join('\n');
}

/** Dollars as people read them; cents below a hundred. */
export function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 100 ? 2 : 0)}`;
}

/** Rows under headings; the first column to the left, the others, which are figures, to the right. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [headings, ...rows];
  const pad = (cell: string, column: number) => {
    const width = Math.max(...lines.map((line) => String(line[column]).length));
    return column === 0 ? cell.padEnd(width) : cell.padStart(width);
  };
  return lines.map((line) => line.map(pad).join('  ')).join('\n');
}

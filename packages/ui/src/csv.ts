/** A cell's value: what sorting, filtering and export see. */
export type CellValue = string | number | null;

function field(value: CellValue): string {
  const text = value === null ? '' : String(value);
  // A spreadsheet runs a text that starts like a formula; the quote keeps it a text.
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** RFC 4180 text; texts that a spreadsheet would run as formulas are quoted. */
export function toCsv(rows: readonly (readonly CellValue[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

const keywords = new Set(
  'and or unless by without on ignoring group_left group_right offset bool inf nan'.split(' '),
);

/** Everything in a query that is no series: text, matchers, windows, and the labels it groups by. */
function withoutLabels(query: string): string {
  return query
    .replaceAll(/"[^"]*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
    .replaceAll(/\boffset\s+\w+/g, ' ');
}

/** The series a PromQL query reads, by name, in order. */
export function seriesIn(query: string): string[] {
  const names = withoutLabels(query).matchAll(/(?<![\w.])[a-zA-Z_:][\w:]*\b(?!\s*\()/g);
  return [...new Set([...names].map(([name]) => name))].filter(
    (name) => !keywords.has(name.toLowerCase()),
  );
}

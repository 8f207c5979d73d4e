import type { BuiltImage } from './build-image.ts';

/** What running an image's processes showed, by the name of the process. */
export type Figures = Readonly<
  Record<'startMs' | 'drainMs' | 'memoryMib', Readonly<Record<string, number>>>
>;

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The images with their sizes, for people. */
export function imageTable(images: readonly BuiltImage[]): string {
  return table(
    ['image', 'MiB', 'packages', 'files', 'built in s'],
    images.map(({ name, bytes, context, seconds }) => [
      name,
      mebibytes(bytes),
      String(context.packages.length),
      String(context.files.length),
      String(seconds),
    ]),
  );
}

/** Every process that ran in a container, for people. */
export function processTable({ startMs, drainMs, memoryMib }: Figures): string {
  return table(
    ['process', 'healthy after ms', 'drained in ms', 'memory MiB'],
    Object.keys(startMs).map((name) => [
      name,
      String(startMs[name]),
      String(drainMs[name] ?? '-'),
      String(memoryMib[name] ?? '-'),
    ]),
  );
}

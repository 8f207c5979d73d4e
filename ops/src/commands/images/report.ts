import { formatTable } from '../../terminal/format-table.ts';
import type { BuiltImage } from './build-image.ts';

/** What running an image's processes showed, by the name of the process. */
export type Figures = Readonly<
  Record<'startMs' | 'drainMs' | 'memoryMib', Readonly<Record<string, number>>>
>;

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}

/** The images with their sizes, for people. */
export function imageTable(images: readonly BuiltImage[]): string {
  return formatTable(
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
  return formatTable(
    ['process', 'healthy after ms', 'drained in ms', 'memory MiB'],
    Object.keys(startMs).map((name) => [
      name,
      String(startMs[name]),
      String(drainMs[name] ?? '-'),
      String(memoryMib[name] ?? '-'),
    ]),
  );
}

/** One bar: `label` under it, `value` decides its height, `title` says it in words. */
export type Bar = { readonly label: string; readonly value: number; readonly title: string };

/** Bars side by side, the tallest full height; the same figures as a table for screen readers. */
export function BarChart({ label, bars }: { label: string; bars: readonly Bar[] }) {
  const highest = Math.max(...bars.map((bar) => bar.value), Number.MIN_VALUE);
  return (
    <figure aria-label={label}>
      <ol className="flex h-44 items-end gap-1.5">
        {bars.map((bar) => (
          <li
            key={bar.label}
            title={bar.title}
            className="group flex h-full min-w-0 flex-1 flex-col justify-end"
          >
            <span className="sr-only">{bar.title}</span>
            <span
              aria-hidden
              style={{ height: `${(bar.value / highest) * 100}%` }}
              className="mx-auto min-h-0.5 w-full max-w-10 rounded-t bg-accent/75 transition-colors group-hover:bg-accent"
            />
          </li>
        ))}
      </ol>
      <div
        aria-hidden
        className="mt-2 flex justify-between border-t border-line pt-1.5 text-xs text-muted"
      >
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
      </div>
    </figure>
  );
}

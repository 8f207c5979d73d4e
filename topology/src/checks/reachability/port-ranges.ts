export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** Both ends included. */
export type PortRange = {
  readonly protocol: Protocol;
  readonly from: number;
  readonly to: number;
};

export const everyPort: readonly PortRange[] = (['TCP', 'UDP', 'SCTP'] as const).map(
  (protocol) => ({ protocol, from: 1, to: 65_535 }),
);

export function intersectPorts(
  one: readonly PortRange[],
  other: readonly PortRange[],
): PortRange[] {
  return one.flatMap((a) =>
    other
      .filter(({ protocol }) => protocol === a.protocol)
      .map((b) => ({ ...a, from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))
      .filter(({ from, to }) => from <= to),
  );
}

/** What of `one` is in no range of `other`. */
export function subtractPorts(
  one: readonly PortRange[],
  other: readonly PortRange[],
): readonly PortRange[] {
  return other.reduce<readonly PortRange[]>(
    (left, b) =>
      left.flatMap((a) =>
        a.protocol === b.protocol && a.from <= b.to && b.from <= a.to
          ? [
              { ...a, to: b.from - 1 },
              { ...a, from: b.to + 1 },
            ].filter(({ from, to }) => from <= to)
          : [a],
      ),
    one,
  );
}

/** `TCP 4103`, `UDP 1-65535` */
export function describePorts(ranges: readonly PortRange[]): string {
  const texts = ranges.map(({ protocol, from, to }) =>
    from === to ? `${protocol} ${from}` : `${protocol} ${from}-${to}`,
  );
  return [...new Set(texts)].join(', ');
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The `index`-th block of length `prefix` inside `cidr`: `10.0.0.0/16`, 20, 1 → `10.0.16.0/20`. Throws when it lies outside. */
export function subnetOf(cidr: string, prefix: number, index: number): string {
  const [network = '', length = ''] = cidr.split('/');
  const start = toNumber(network) + index * 2 ** (32 - prefix);
  const end = start + 2 ** (32 - prefix);
  if (prefix < Number(length) || end > toNumber(network) + 2 ** (32 - Number(length))) {
    throw new Error(
      `Block ${index} of /${prefix} does not fit in ${cidr}: choose a wider network in topology/src/environments`,
    );
  }
  return `${toAddress(start)}/${prefix}`;
}

type Range = readonly [start: number, end: number];

/** Each range that was asked about, read once: the checks ask about few, for every pair of pods. */
const ranges = new Map<string, Range>();

function rangeOf(cidr: string): Range {
  const known = ranges.get(cidr);
  if (known !== undefined) return known;
  const [network = '', length = ''] = cidr.split('/');
  const start = toNumber(network);
  const range = [start, start + 2 ** (32 - Number(length))] as const;
  ranges.set(cidr, range);
  return range;
}

/** Whether two ranges share an address. */
export function cidrsOverlap(one: string, other: string): boolean {
  const [oneStart, oneEnd] = rangeOf(one);
  const [otherStart, otherEnd] = rangeOf(other);
  return oneStart < otherEnd && otherStart < oneEnd;
}

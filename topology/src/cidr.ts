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

/** Whether two ranges share an address. */
export function cidrsOverlap(one: string, other: string): boolean {
  const range = (cidr: string): [number, number] => {
    const [network = '', length = ''] = cidr.split('/');
    return [toNumber(network), toNumber(network) + 2 ** (32 - Number(length))];
  };
  const [oneStart, oneEnd] = range(one);
  const [otherStart, otherEnd] = range(other);
  return oneStart < otherEnd && otherStart < oneEnd;
}

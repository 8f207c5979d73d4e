import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describePorts, intersectPorts, subtractPorts, type PortRange } from './port-ranges.ts';

const range = fc
  .tuple(
    fc.constantFrom('TCP' as const, 'UDP' as const),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 10 }),
  )
  .map(([protocol, from, more]): PortRange => ({ protocol, from, to: from + more }));
const ranges = fc.array(range, { maxLength: 4 });

function has(list: readonly PortRange[], protocol: string, port: number): boolean {
  return list.some((one) => one.protocol === protocol && one.from <= port && port <= one.to);
}

it('intersects and subtracts as sets of ports do', () => {
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      for (const protocol of ['TCP', 'UDP']) {
        for (let port = 1; port <= 41; port += 1) {
          const [a, b] = [has(one, protocol, port), has(other, protocol, port)];
          expect(has(intersectPorts(one, other), protocol, port)).toBe(a && b);
          expect(has(subtractPorts(one, other), protocol, port)).toBe(a && !b);
        }
      }
    }),
  );
});

it('reads as a person writes it, each range once', () => {
  const web: PortRange = { protocol: 'TCP', from: 80, to: 80 };
  expect(describePorts([web, web, { protocol: 'UDP', from: 1, to: 9 }])).toBe('TCP 80, UDP 1-9');
});

import { describe, expect, it } from 'vitest';
import { cidrsOverlap, subnetOf } from './cidr.ts';

describe('subnetOf', () => {
  it('numbers the blocks of a network', () => {
    expect(subnetOf('10.16.0.0/16', 20, 0)).toBe('10.16.0.0/20');
    expect(subnetOf('10.16.0.0/16', 17, 1)).toBe('10.16.128.0/17');
    expect(subnetOf('10.32.128.0/20', 22, 2)).toBe('10.32.136.0/22');
  });

  it('refuses a block outside the network or larger than it, and says what to change', () => {
    expect(() => subnetOf('10.16.0.0/20', 22, 4)).toThrow('choose a wider network');
    expect(() => subnetOf('10.16.0.0/20', 16, 0)).toThrow('does not fit in 10.16.0.0/20');
  });
});

describe('cidrsOverlap', () => {
  it('tells neighbours from ranges that share an address', () => {
    expect(cidrsOverlap('10.16.0.0/16', '10.17.0.0/20')).toBe(false);
    expect(cidrsOverlap('10.32.0.0/16', '10.32.128.0/20')).toBe(true);
  });
});

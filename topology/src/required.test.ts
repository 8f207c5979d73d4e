import { describe, expect, it } from 'vitest';
import { required } from './required.ts';

describe('required', () => {
  it('hands on what is there, also when it is falsy', () => {
    expect(required(0, 'no number')).toBe(0);
  });

  it.each([null, undefined])('throws the message for %s', (value) => {
    expect(() => required(value, 'say how long backups are kept')).toThrow(
      'say how long backups are kept',
    );
  });
});

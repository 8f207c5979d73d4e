import { describe, expect, test } from 'vitest';
import { safeReturnTo } from './login-rules.ts';

const publicUrl = 'http://localhost:8080';

describe('where a sign-in returns to', () => {
  test.each([
    ['/', '/'],
    ['/calls?page=2#top', '/calls?page=2#top'],
    ['/a/../b', '/b'],
  ])('%s is a page of ours', (returnTo, expected) => {
    expect(safeReturnTo(returnTo, publicUrl)).toBe(expected);
  });

  test.each([
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'http://[',
  ])('%s would leave the site and becomes the home page', (returnTo) => {
    expect(safeReturnTo(returnTo, publicUrl)).toBe('/');
  });

  test('a path that resolves to a host name stays a path', () => {
    expect(safeReturnTo('/.//evil.example', publicUrl)).toBe('/evil.example');
  });
});

import { describe, expect, test } from 'vitest';
import { readCookie, sessionCookie, writeCookie } from './cookies.ts';

describe('cookies', () => {
  test('one is found among others by its whole name', () => {
    const header = 'not_maxai_session=a; maxai_session=b==; c=d';
    expect(readCookie(header, sessionCookie)).toBe('b==');
    expect(readCookie('maxai_session_2=a', sessionCookie)).toBeUndefined();
    expect(readCookie(undefined, sessionCookie)).toBeUndefined();
  });

  test('behind TLS they are sent over TLS only', () => {
    const cookie = writeCookie(sessionCookie, 'x', { maxAgeSeconds: 60, secure: true });
    expect(cookie).toBe('maxai_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure');
  });
});

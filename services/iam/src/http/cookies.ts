export const sessionCookie = { name: 'maxai_session', path: '/' } as const;
/** Ties a login to the browser that started it. */
export const loginCookie = { name: 'maxai_login', path: '/api/auth' } as const;

type Cookie = { readonly name: string; readonly path: string };

export function readCookie(header: string | undefined, cookie: Cookie): string | undefined {
  const prefix = `${cookie.name}=`;
  const pair = header?.split(/; */).find((candidate) => candidate.startsWith(prefix));
  return pair?.slice(prefix.length);
}

/** `Set-Cookie` for a value that scripts cannot read; `maxAgeSeconds` 0 deletes it. */
export function writeCookie(
  cookie: Cookie,
  value: string,
  options: { maxAgeSeconds: number; secure: boolean },
): string {
  return [
    `${cookie.name}=${value}`,
    `Path=${cookie.path}`,
    `Max-Age=${options.maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(options.secure ? ['Secure'] : []),
  ].join('; ');
}

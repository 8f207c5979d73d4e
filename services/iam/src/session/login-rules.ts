/** Why a sign-in ended without a session; the sign-in page says it in words. */
export type LoginFailure = 'no_access' | 'email_not_verified' | 'login_expired' | 'login_failed';

export function signInPage(failure: LoginFailure): string {
  return `/sign-in?error=${failure}`;
}

/** The path to return to, or `/` for anything that a browser would take to another site. */
export function safeReturnTo(returnTo: string, publicUrl: string): string {
  const target = URL.parse(returnTo, publicUrl);
  if (target?.origin !== new URL(publicUrl).origin) return '/';
  // `/.//host` resolves to `//host`, which a browser would take for another site.
  return `${target.pathname.replace(/^\/+/, '/')}${target.search}${target.hash}`;
}

/** A browser's part of a sign-in: follows redirects, keeps cookies by name, fills in the email. */
export async function signInAtProvider(
  authorizationUrl: string,
  email: string,
): Promise<Record<string, string>> {
  const jar = new Map<string, string>();
  async function visit(url: string, form?: Record<string, string>): Promise<string> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${url} answered ${response.status} without a redirect`);
    return new URL(location, url).href;
  }
  const loginPage = await visit(authorizationUrl);
  const resume = await visit(loginPage, { email });
  return Object.fromEntries(new URL(await visit(resume)).searchParams);
}

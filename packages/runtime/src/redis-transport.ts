type Transport = { readonly tls?: { readonly rejectUnauthorized: false } };

/**
 * What `sslmode` of a `rediss://` address asks for, as of a PostgreSQL one: `require` encrypts and takes any
 * certificate, for a server whose certificate names another host than the private one it is called by.
 */
export function transportOf(url: string): Transport {
  const { protocol, searchParams } = new URL(url);
  return protocol === 'rediss:' && searchParams.get('sslmode') === 'require'
    ? { tls: { rejectUnauthorized: false } }
    : {};
}

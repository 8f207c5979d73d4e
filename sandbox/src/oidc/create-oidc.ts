import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider, type JWK } from 'oidc-provider';
import { demoUsers } from './demo-users.ts';

export type OidcOptions = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Exact match, as Google demands. */
  readonly redirectUris: readonly string[];
};

function generateSigningKey(): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // A JWK with extra members of node's own type: the same RFC 7517 object.
  const jwk = privateKey.export({ format: 'jwk' }) as JWK;
  return { ...jwk, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' };
}

/** Grants whatever the client asked for, once, without a consent page. */
async function grantAll(provider: Provider, context: LoginContext) {
  const { oidc } = context;
  const accountId = oidc.session?.accountId;
  const clientId = oidc.client?.clientId;
  if (accountId === undefined || clientId === undefined) return undefined;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid email profile offline_access');
  await grant.save();
  return grant;
}
type LoginContext = {
  oidc: {
    session?: { accountId?: string | undefined } | undefined;
    client?: { clientId: string } | undefined;
  };
};

/** An OpenID provider at `issuer`: code flow with PKCE, RS256, one confidential client, consent given. */
export function createOidc(issuer: string, options: OidcOptions): Provider {
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [...options.redirectUris],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [generateSigningKey()] },
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      names: {
        session: 'sandbox_oidc_session',
        interaction: 'sandbox_oidc_interaction',
        resume: 'sandbox_oidc_resume',
      },
    },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/oidc/login/${interaction.uid}` },
    loadExistingGrant: (context) => grantAll(provider, context),
    pkce: { required: () => true },
    ttl: { Session: 86_400, Interaction: 3_600, AccessToken: 3_600, IdToken: 3_600, Grant: 86_400 },
    findAccount: (_context, id) => {
      const user = demoUsers.find((candidate) => candidate.id === id);
      return user === undefined
        ? undefined
        : {
            accountId: user.id,
            claims: () => ({
              sub: user.id,
              email: user.email,
              email_verified: user.emailVerified ?? true,
              name: user.name,
            }),
          };
    },
  });
  return provider;
}

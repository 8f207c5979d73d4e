import { AppError } from '@maxai/kernel/errors';
import * as oidc from 'openid-client';

/** What the identity provider vouches for. */
export type Person = {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
};

/** What one login must match when the browser comes back. */
export type LoginSecrets = {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
};

export type IdentityProvider = {
  /** Where to send the browser. Throws `service_unavailable` while the provider cannot be reached. */
  authorizationUrl(secrets: LoginSecrets): Promise<string>;
  /** Redeems the code. Throws when the answer is an error, not ours, expired or wrongly signed. */
  redeem(callbackQuery: Readonly<Record<string, string>>, secrets: LoginSecrets): Promise<Person>;
};

export type IdentityProviderSettings = {
  readonly oidcIssuer: string;
  readonly oidcClientId: string;
  readonly oidcClientSecret: string;
  readonly oidcRedirectUrl: string;
};

const insideNames = /^(?:127\.0\.0\.1|(?:[\w-]+\.)?localhost|[\w-]+\.[\w-]+\.svc\.cluster\.local)$/;

/**
 * Names under `localhost` never leave the machine (RFC 6761), or the private network of its containers; those of a
 * cluster's Services never leave the cluster.
 */
function isHttpInside({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && insideNames.test(hostname);
}

/** OpenID Connect code flow with PKCE against any issuer; it is discovered at the first login. */
export function createIdentityProvider(settings: IdentityProviderSettings): IdentityProvider {
  const issuer = new URL(settings.oidcIssuer);
  let discovered: Promise<oidc.Configuration> | undefined;

  async function discover(): Promise<oidc.Configuration> {
    try {
      return await oidc.discovery(
        issuer,
        settings.oidcClientId,
        undefined,
        oidc.ClientSecretBasic(settings.oidcClientSecret),
        {
          execute: [
            oidc.enableNonRepudiationChecks,
            ...(isHttpInside(issuer) ? [oidc.allowInsecureRequests] : []),
          ],
        },
      );
    } catch (cause) {
      discovered = undefined;
      throw new AppError('service_unavailable', {
        detail: 'the identity provider cannot be reached',
        cause,
      });
    }
  }
  const configuration = (): Promise<oidc.Configuration> => (discovered ??= discover());

  return {
    async authorizationUrl({ state, nonce, verifier }) {
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: settings.oidcRedirectUrl,
        scope: 'openid email profile',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    async redeem(callbackQuery, { state, nonce, verifier }) {
      const config = await configuration();
      const callback = new URL(settings.oidcRedirectUrl);
      callback.search = new URLSearchParams(callbackQuery).toString();
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const subject = tokens.claims()?.sub ?? '';
      const {
        email = '',
        email_verified: emailVerified,
        name,
      } = await oidc.fetchUserInfo(config, tokens.access_token, subject);
      return {
        issuer: config.serverMetadata().issuer,
        subject,
        email,
        emailVerified: emailVerified === true,
        name: name ?? email,
      };
    },
  };
}

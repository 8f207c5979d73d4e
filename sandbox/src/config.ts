import { readFileSync } from 'node:fs';
import type { SandboxOptions } from './index.ts';
import { readHighLevelKeyPair } from './signing/highlevel.ts';

const portPattern = /^\d{1,5}$/;

type Variables = Readonly<Record<string, string | undefined>>;

/** `X_FILE` names a file that holds the value of `X`, as a mounted secret does. */
function readSecret(env: Variables, variable: string): string | undefined {
  const file = env[`${variable}_FILE`];
  return file === undefined ? env[variable] : readFileSync(file, 'utf8').trimEnd();
}

/** Reads `SANDBOX_*`; throws one error that names every variable that is wrong and what it should be. */
export function readConfig(env: Variables): SandboxOptions {
  const port = env['SANDBOX_PORT'] ?? '4100';
  const publicUrl = env['SANDBOX_PUBLIC_URL'] ?? `http://localhost:${port}`;
  const signingKey = readSecret(env, 'SANDBOX_HIGHLEVEL_SIGNING_KEY');
  const n8nKey = readSecret(env, 'SANDBOX_N8N_SIGNING_KEY');
  const burst = env['SANDBOX_HIGHLEVEL_BURST_MAX'] ?? '100';
  const problems = [
    portPattern.test(port) ? [] : [`SANDBOX_PORT is "${port}": give a port number`],
    URL.canParse(publicUrl) ? [] : [`SANDBOX_PUBLIC_URL is "${publicUrl}": give a URL`],
    /^\d+$/.test(burst) ? [] : [`SANDBOX_HIGHLEVEL_BURST_MAX is "${burst}": give a number`],
  ].flat();
  if (problems.length > 0) throw new Error(problems.join('; '));
  return {
    port: Number(port),
    host: env['SANDBOX_HOST'] ?? '127.0.0.1',
    publicUrl: publicUrl.replace(/\/$/, ''),
    highlevelBurstMax: Number(burst),
    ...(n8nKey !== undefined && { accounts: { n8n: { signingKey: n8nKey } } }),
    ...(signingKey !== undefined && { highlevelKeys: readHighLevelKeyPair(signingKey) }),
    oidc: {
      clientId: env['SANDBOX_OIDC_CLIENT_ID'] ?? 'maxai',
      clientSecret: readSecret(env, 'SANDBOX_OIDC_CLIENT_SECRET') ?? 'sandbox-oidc-client-secret',
      redirectUris: (
        env['SANDBOX_OIDC_REDIRECT_URIS'] ?? 'http://localhost:8080/api/auth/callback'
      ).split(/[ ,]+/),
    },
  };
}

import type { Identity } from '@maxai/kernel/access';
import { newId } from '@maxai/kernel/ids';
import { importJWK, SignJWT, type JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { mintCallers, someone, type Callers } from '../testing/index.ts';
import { createIdentitySigner, createIdentityVerifier } from './index.ts';

const identity = someone(newId('tenant'), 'viewer', newId('client'));
let callers: Callers;
beforeAll(async () => {
  callers = await mintCallers('api-gateway', 'payments');
});

const signerOf = (caller: string, nowMs = Date.now) =>
  createIdentitySigner({ caller, privateJwk: callers.privateJwk(caller), nowMs });

/** A token of any content, signed with the key of `owner`. */
async function forge(
  owner: string,
  token: { iss?: string; kid?: string; aud?: string; identity?: unknown; expires?: boolean },
): Promise<string> {
  const key = await importJWK(JSON.parse(callers.privateJwk(owner)) as JWK, 'EdDSA');
  const jwt = new SignJWT({ identity: token.identity ?? identity })
    .setProtectedHeader({ alg: 'EdDSA', kid: token.kid ?? owner })
    .setIssuer(token.iss ?? owner)
    .setAudience(token.aud ?? 'iam');
  return (token.expires === false ? jwt : jwt.setExpirationTime('1m')).sign(key);
}

function verifierOf(service: string, options: { nowMs?: () => number } = {}) {
  return createIdentityVerifier({ service, publicJwks: callers.publicJwks, ...options });
}

describe('signed identity', () => {
  it('says who calls and on whose behalf', async () => {
    const token = await (await signerOf('api-gateway')).sign(identity, 'iam');
    const verifier = verifierOf('iam');
    expect(await verifier.verify(token)).toMatchObject({ caller: 'api-gateway', identity });
    expect(await verifier.verify(token)).toMatchObject({ caller: 'api-gateway', identity });
  });

  it('is signed once in 20 seconds for one identity and audience', async () => {
    let nowMs = Date.now();
    const signer = await signerOf('api-gateway', () => nowMs);
    const token = await signer.sign(identity, 'iam');
    nowMs += 19_000;
    expect(await signer.sign(identity, 'iam')).toBe(token);
    expect(await signer.sign(identity, 'payments')).not.toBe(token);
    expect(await signer.sign({ ...identity, tenantId: null }, 'iam')).not.toBe(token);
    nowMs += 1_000;
    expect(await signer.sign(identity, 'iam')).not.toBe(token);
  });

  it('is good for one minute, also where it was accepted before', async () => {
    let nowMs = Date.now();
    const token = await (await signerOf('api-gateway', () => nowMs)).sign(identity, 'iam');
    const verifier = verifierOf('iam', { nowMs: () => nowMs });
    nowMs += 58_000;
    await verifier.verify(token);
    nowMs += 3_000;
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'token_invalid' });
  });

  it('remembers at most 5 000 tokens on either side', async () => {
    let nowMs = Date.now();
    const clock = () => nowMs;
    const signer = await signerOf('api-gateway', clock);
    const verifier = verifierOf('iam', { nowMs: clock });
    const tokenOf = (index: number) =>
      signer.sign({ ...identity, actor: { kind: 'user', id: `usr_${index}` } }, 'iam');
    const first = await tokenOf(0);
    await verifier.verify(first);
    const remembered = await verifier.verify(first);
    expect(await verifier.verify(first)).toBe(remembered);
    for (let index = 1; index <= 5_000; index += 1) await verifier.verify(await tokenOf(index));
    expect(await verifier.verify(first)).not.toBe(remembered);
    nowMs += 1_000;
    expect(await tokenOf(0)).not.toBe(first);
  }, 60_000);
});

describe('a caller whose key is being rotated', () => {
  it('is known by the old key and by the new one, and by no third', async () => {
    const [old, fresh, stranger] = await Promise.all([
      mintCallers('api-gateway'),
      mintCallers('api-gateway'),
      mintCallers('api-gateway'),
    ]);
    const keysOf = ({ publicJwks }: Callers) => (JSON.parse(publicJwks) as { keys: JWK[] }).keys;
    const publicJwks = JSON.stringify({ keys: [...keysOf(fresh), ...keysOf(old)] });
    const verifier = createIdentityVerifier({ service: 'iam', publicJwks });
    const tokenOf = async (key: Callers) =>
      (
        await createIdentitySigner({
          caller: 'api-gateway',
          privateJwk: key.privateJwk('api-gateway'),
        })
      ).sign(identity, 'iam');
    for (const known of [old, fresh]) {
      expect((await verifier.verify(await tokenOf(known))).caller).toBe('api-gateway');
    }
    await expect(verifier.verify(await tokenOf(stranger))).rejects.toMatchObject({
      code: 'token_invalid',
    });
  });
});

describe('a token is refused', () => {
  const refusals: Record<string, () => Promise<string>> = {
    'for another service': async () => (await signerOf('api-gateway')).sign(identity, 'payments'),
    'signed with another caller’s key': () =>
      forge('payments', { kid: 'api-gateway', iss: 'api-gateway' }),
    'whose issuer is not the key’s owner': () => forge('payments', { iss: 'api-gateway' }),
    'of a caller that is not declared': async () => {
      const others = await mintCallers('sandbox');
      const key = { caller: 'sandbox', privateJwk: others.privateJwk('sandbox') };
      return (await createIdentitySigner(key)).sign(identity, 'iam');
    },
    'that never expires': () => forge('api-gateway', { expires: false }),
    'with a claim of another shape': () =>
      forge('api-gateway', { identity: { ...identity, grants: 'all' } }),
    'with a permission that does not exist': () =>
      forge('api-gateway', {
        identity: { ...identity, grants: [{ scope: { kind: 'tenant' }, permissions: ['root'] }] },
      }),
    'that was tampered with': async () => {
      const token = await forge('api-gateway', {});
      const [header, payload = '', signature] = token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
        identity: Identity;
      };
      const richer = { ...claims, identity: { ...identity, tenantId: newId('tenant') } };
      return [header, Buffer.from(JSON.stringify(richer)).toString('base64url'), signature].join(
        '.',
      );
    },
    'without a signature': () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const claims = { iss: 'api-gateway', aud: 'iam', exp: 9_999_999_999, identity };
      return Promise.resolve(`${part({ alg: 'none', kid: 'api-gateway' })}.${part(claims)}.`);
    },
    'that is no token': () => Promise.resolve('mxk_secret'),
  };

  it.each(Object.keys(refusals))('%s', async (name) => {
    const token = await refusals[name]!();
    const refused = verifierOf('iam').verify(token);
    await expect(refused).rejects.toMatchObject({ code: 'token_invalid', detail: undefined });
  });

  it('while the same forgery with nothing wrong is accepted', async () => {
    const token = await forge('api-gateway', {});
    expect((await verifierOf('iam').verify(token)).caller).toBe('api-gateway');
  });
});

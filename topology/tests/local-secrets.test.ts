import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { localSecretStoreContent } from '../src/local-secrets.ts';
import { cluster, fieldOf } from './rendered-cluster.ts';

const key = JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
const { items } = localSecretStoreContent((name) =>
  name.startsWith('identity-') ? key : `value of ${name}`,
);

it('fills the store of a local cluster with exactly what its readers ask for', () => {
  const asked = cluster('development', 'kind')
    .of('ExternalSecret')
    .flatMap((external) => fieldOf(external, 'spec.data') as { remoteRef: { key: string } }[])
    .map(({ remoteRef }) => remoteRef.key);
  expect(items.map(({ metadata }) => metadata.name)).toEqual([...new Set(asked)].toSorted());
  expect(items.map(({ metadata }) => metadata.namespace)).toEqual(
    items.map(() => 'dev-secret-store'),
  );
});

it('holds of a caller’s key the public half beside the private one', () => {
  const valueOf = (entry: string) =>
    items.find(({ metadata }) => metadata.name === entry)?.stringData.value;
  const { d, ...publicPart } = JSON.parse(key) as Record<string, string>;
  expect(valueOf('identity-api-gateway')).toContain(d);
  expect(JSON.parse(String(valueOf('identity-api-gateway-public')))).toEqual({
    ...publicPart,
    kid: 'api-gateway',
    alg: 'EdDSA',
    use: 'sig',
  });
  expect(valueOf('iam-encryption-key')).toBe('value of iam-encryption-key');
});

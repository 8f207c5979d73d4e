import * as operations from '@maxai/contracts/http/iam';
import { serviceIdentity } from '@maxai/kernel/access';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rewrapConnections } from '../src/connection/rewrap-connections.ts';
import { readRewrapConfig } from '../src/config.ts';
import { startIam, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

const newKey = () => randomBytes(32).toString('base64');
const anyTenant = serviceIdentity('webhook-ingress', null);

async function connect(): Promise<string> {
  const { owner, client } = await iam.createAgency();
  const { result } = await iam.call(operations.createConnection, {
    as: owner,
    body: {
      clientId: client.id,
      provider: 'twilio',
      name: 'Main number',
      account: {},
      credentials: { authToken: 'plaintext' },
      webhookSecrets: ['secret'],
    },
  });
  return result.id;
}

describe('a new encryption key', () => {
  test('takes over the connections of every tenant, once, and the old one opens none of them any more', async () => {
    const ids = [await connect(), await connect()];
    const key = newKey();
    const { encryptionKey: old } = iam.config;
    const { ownerUrl: ownerDatabaseUrl, appUrl: databaseUrl } = iam.database;
    const before = await iam.owner.query('select id, secrets from connection order by id');
    const rewrap = () => rewrapConnections({ ownerDatabaseUrl, encryptionKey: `${key},${old}` });
    expect(await rewrap()).toBe(2);
    expect(await rewrap()).toBe(0);

    const after = await iam.owner.query('select id, secrets from connection order by id');
    expect(after.rows).toEqual(before.rows);
    const renewed = await startIam({ databaseUrl, encryptionKey: key });
    for (const connectionId of ids) {
      const params = { connectionId };
      const opened = await renewed.call(operations.getConnectionSecrets, { as: anyTenant, params });
      expect(opened.result.credentials).toEqual({ authToken: 'plaintext' });
      const refused = await iam.call(operations.getConnectionSecrets, { as: anyTenant, params });
      expect(refused.status).toBe(500);
    }
    await renewed.stop();
  });

  test('moves nothing when the key of a connection is missing from the list', async () => {
    await connect();
    const { ownerUrl: ownerDatabaseUrl } = iam.database;
    await expect(rewrapConnections({ ownerDatabaseUrl, encryptionKey: newKey() })).rejects.toThrow(
      'Something went wrong',
    );
  });

  test('is read like any other setting', () => {
    const encryptionKey = newKey();
    const env = { IAM_OWNER_DATABASE_URL: 'postgres://x', IAM_ENCRYPTION_KEY: encryptionKey };
    expect(readRewrapConfig(env)).toEqual({ ownerDatabaseUrl: 'postgres://x', encryptionKey });
    expect(() => readRewrapConfig({ ...env, IAM_ENCRYPTION_KEY: 'short' })).toThrow(
      /IAM_ENCRYPTION_KEY/,
    );
  });
});

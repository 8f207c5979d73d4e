import { describe, expect, it } from 'vitest';
import { loadProvisionConfig } from './config.ts';

const roles = {
  schema: 'iam',
  ownerRole: 'iam_owner',
  ownerPassword: 'one',
  appRole: 'iam_app',
  appPassword: 'two',
};
const usable = {
  PROVISION_ADMIN_URL: 'postgres://postgres@127.0.0.1/postgres',
  PROVISION_DATABASE: 'maxai',
  PROVISION_SCHEMAS: JSON.stringify([roles]),
};

describe('what provisioning is told', () => {
  it('is the database, an administrator and every schema with its roles', () => {
    expect(loadProvisionConfig(usable)).toEqual({
      adminUrl: usable.PROVISION_ADMIN_URL,
      database: 'maxai',
      schemas: [roles],
      owned: [],
    });
  });

  it('may be databases of others, each with the role that owns it', () => {
    const owned = [{ database: 'n8n', role: 'n8n', password: 'three' }];
    expect(
      loadProvisionConfig({ ...usable, PROVISION_OWNED: JSON.stringify(owned) }).owned,
    ).toEqual(owned);
    const load = () =>
      loadProvisionConfig({ ...usable, PROVISION_OWNED: '[{"password":"secret"}]' });
    expect(load).toThrow('PROVISION_OWNED is no JSON list of database, role, password');
    expect(load).not.toThrow('secret');
  });

  it('is refused with the variable that is missing', () => {
    expect(() => loadProvisionConfig({})).toThrow(/PROVISION_ADMIN_URL[^]*PROVISION_SCHEMAS/);
  });

  it.each(['secret, no JSON', '[]', '[{"schema":"iam","ownerPassword":"secret"}]'])(
    'is refused when the schemas are not what they should be, without repeating them: %s',
    (text) => {
      const load = () => loadProvisionConfig({ ...usable, PROVISION_SCHEMAS: text });
      expect(load).toThrow('PROVISION_SCHEMAS is no JSON list of schema, ownerRole');
      expect(load).not.toThrow('secret');
    },
  );
});

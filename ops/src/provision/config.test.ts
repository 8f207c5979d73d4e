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
    });
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

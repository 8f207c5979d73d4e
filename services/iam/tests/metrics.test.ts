import * as operations from '@maxai/contracts/http/iam';
import { newId } from '@maxai/kernel/ids';
import { metricDifferences } from '@maxai/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIam, type IamFixture } from './iam-fixture.ts';

let iam: IamFixture;
beforeAll(async () => {
  iam = await startIam();
});
afterAll(() => iam.stop());

const scrape = async () => (await iam.app.inject('/metrics')).body;
const valueOf = (text: string, metric: string) =>
  Number(new RegExp(`^${metric}\\S* (\\S+)$`, 'm').exec(text)?.[1]);

test('tells active tenants and clients: whoever has nobody to sign in does not count [R97,R98]', async () => {
  const { owner, client } = await iam.createAgency();
  await iam.createTenant();
  await iam.call(operations.createClient, { as: owner, body: { name: 'Second clinic' } });
  const deserted = newId('tenant');
  await iam.owner.query(`insert into tenant values ($1, 'Deserted', now())`, [deserted]);
  await iam.owner.query(`insert into client values ($1, $2, 'Nobody', 'UTC', now())`, [
    newId('client'),
    deserted,
  ]);
  const text = await scrape();
  expect(client.name).toBe('Bright Smiles Dental');
  expect([valueOf(text, 'active_tenants'), valueOf(text, 'active_clients')]).toEqual([2, 2]);
  expect(text).toContain('health_check_up{dependency="database",service="iam"} 1');
  expect(metricDifferences(text, 'iam')).toEqual([]);
});

test('the two numbers are all that the function tells the application, and are counted rarely', async () => {
  await iam.createAgency();
  expect(valueOf(await scrape(), 'active_tenants')).toBe(2);
  const { rows } = await iam.owner.query(
    `select pg_get_function_result('count_active'::regproc) as result, prosecdef
     from pg_proc where oid = 'count_active'::regproc`,
  );
  expect(rows).toEqual([{ result: 'TABLE(tenants bigint, clients bigint)', prosecdef: true }]);
});

import { describe, expect, it } from 'vitest';
import { diffObjects, withoutSecrets } from './diff-objects.ts';

const object = (kind: string, rest: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'iam' },
  ...rest,
});
const deployment = (image: string, extra: object[] = []) =>
  object('Deployment', {
    spec: { containers: [{ name: 'iam', image }, ...extra], args: ['a', 'b'] },
  });

describe('the difference of two objects', () => {
  it('is nothing between equals', () => {
    expect(diffObjects(deployment('a'), deployment('a'))).toEqual([]);
  });

  it('is the innermost field, with lists of named things by name', () => {
    const side = { name: 'side', image: 'b' };
    expect(diffObjects(deployment('a'), deployment('z', [side]))).toEqual([
      {
        label: 'spec.containers[iam].image',
        field: 'spec.containers[0].image',
        before: 'a',
        after: 'z',
      },
      {
        label: 'spec.containers[side]',
        field: 'spec.containers[1]',
        before: undefined,
        after: side,
      },
    ]);
  });

  it('is an element, a field that came or went, a value of another kind', () => {
    const before = object('ConfigMap', {
      data: { a: '1', 'b.yaml': 'x' },
      list: ['a', 'b'],
      x: [],
    });
    const after = object('ConfigMap', { data: { 'b.yaml': 'y' }, list: ['a'], x: {} });
    expect(diffObjects(before, after).map(({ label, after: now }) => [label, now])).toEqual([
      ['data.a', undefined],
      ['data[b.yaml]', 'y'],
      ['list[1]', undefined],
      ['x', {}],
    ]);
  });
});

describe('what may be a secret', () => {
  const environment = (name: string, value: string) =>
    object('Deployment', { spec: { containers: [{ name: 'iam', env: [{ name, value }] }] } });

  it.each([
    [object('Secret', { data: { a: 'b2xk' } }), object('Secret', { data: { a: 'bmV3' } })],
    [object('Secret', { stringData: {} }), object('Secret', { stringData: { a: 'new' } })],
    [environment('IAM_ENCRYPTION_KEY', 'old'), environment('IAM_ENCRYPTION_KEY', 'new')],
    [environment('PGPASSWORD', 'old'), environment('PGPASSWORD', 'new')],
    [environment('API_TOKEN', 'old'), environment('API_TOKEN', 'new')],
  ])('is shown to differ and nothing more (%#)', (before, after) => {
    const shown = withoutSecrets(after, diffObjects(before, after));
    expect(shown).toHaveLength(1);
    expect(JSON.stringify(shown)).toContain('(hidden)');
    expect(JSON.stringify(shown)).not.toMatch(/old|new|b2xk|bmV3/);
  });

  it('is nothing that only names one', () => {
    const reference = (name: string) =>
      object('Deployment', {
        spec: { containers: [{ name: 'iam', envFrom: [{ secretRef: { name } }] }] },
      });
    const [before, after] = [reference('old'), reference('new')];
    expect(withoutSecrets(after, diffObjects(before, after))).toEqual(diffObjects(before, after));
    const [early, late] = [environment('IAM_PORT', '1'), environment('IAM_PORT', '2')];
    expect(withoutSecrets(late, diffObjects(early, late))[0]).toMatchObject({ after: '2' });
  });

  it('stays hidden when it goes', () => {
    const before = object('Secret', { data: { a: 'b2xk' } });
    const after = object('Secret', { data: {} });
    expect(withoutSecrets(after, diffObjects(before, after))).toMatchObject([
      { label: 'data.a', before: '(hidden)', after: undefined },
    ]);
  });
});

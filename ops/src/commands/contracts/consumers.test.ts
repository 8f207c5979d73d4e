import { platform } from '@maxai/topology/platform';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiDocuments } from '../../generate/openapi-documents.ts';
import { checkConsumers } from './check-consumers.ts';
import { findConsumers, type Use } from './find-consumers.ts';
import type { Documents, OpenApi } from './openapi.ts';
import { importedOperations, scanCalls } from './scan-calls.ts';

const committed = openApiDocuments().map(({ path, content }): [string, OpenApi] => [
  basename(path, '.json'),
  JSON.parse(String(content)) as OpenApi,
]);
const documents: Documents = Object.fromEntries(committed);

describe('the calls in a source', () => {
  it.each([
    ['ctx.iam.call(getClient, { identity, params: { clientId } })', ['params.clientId'], null],
    ["api.call('getClient', { params: { clientId: id(x, [1, 2]) } })", ['params.clientId'], null],
    ['iam.call(getClient, { params: given })', null, null],
    ['iam.call(getClient, { params: { ...given } })', null, null],
    ['iam.call(getClient, input)', null, null],
    ['iam.call(getClient)', [], null],
    ['const { a, b: c } = await ctx.iam.call(getClient, { identity })', [], ['a', 'b']],
    ['return (await iam.call(getClient, { identity })).items;', [], ['items']],
    ["const { data } = useOperation('getClient', { query: { limit: 1 } })", ['query.limit'], null],
    ["const { more } = useRows('getClient', { clientId })", null, null],
    ["const add = useAction('getClient', () => done())", null, null],
  ])('%s', (source, sends, reads) => {
    const [call, ...others] = scanCalls(`${source}\n// x.call(inAComment)\n/* y.call(other) */`);
    expect(others).toEqual([]);
    expect(call).toMatchObject({ operation: 'getClient', sends, reads });
  });

  it('are of what the contracts export, under whatever name', () => {
    const source = `import { a, type B, c as d } from '@maxai/contracts/http/iam';
      import { e } from './elsewhere.ts';`;
    expect([...importedOperations(source)]).toEqual([
      ['a', 'a'],
      ['B', 'B'],
      ['d', 'c'],
    ]);
  });
});

describe('the consumers of a checkout', () => {
  let root: string;
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'consumers-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are found in services, apps and the provisioning command, not in tests', () => {
    write(
      'services/payments/src/a.ts',
      `import { getClient as one } from '@maxai/contracts/http/iam';
       iam.call(one, { params: { clientId } }); redis.call('GET', KEYS[1]);`,
    );
    write('services/payments/src/a.test.ts', 'iam.call(nothing)');
    write('apps/portal-web/src/a.tsx', "useOperation('listFlows')");
    write('ops/src/commands/demo/a.ts', "api.call('listClients', { query })");
    const { consumers, unknown } = findConsumers(root);
    expect(unknown).toEqual([]);
    expect(Object.keys(consumers)).toEqual(['api-gateway', 'maxai-ops', 'payments', 'portal-web']);
    expect(consumers['payments']).toEqual([
      {
        operation: 'getClient',
        provider: 'iam',
        sends: ['params.clientId'],
        reads: null,
        files: ['services/payments/src/a.ts'],
      },
    ]);
    expect(consumers['api-gateway']?.length).toBeGreaterThan(50);
  });

  it('whose call cannot be told are findings', () => {
    write('services/payments/src/a.ts', 'iam.call(chosen, {})');
    const { consumers, unknown } = findConsumers(root);
    const findings = checkConsumers(consumers, unknown, documents, platform);
    expect(findings).toMatchObject([{ where: 'services/payments/src/a.ts' }]);
    expect(findings[0]?.reason).toContain('chosen');
  });
});

describe('a use is held to the document of its provider and to the topology [R71]', () => {
  const use: Use = {
    operation: 'getUsageTotals',
    provider: 'billing-usage',
    sends: ['query.clientId', 'query.from', 'query.to'],
    reads: ['items'],
    files: ['a.ts'],
  };
  const findingsOf = (consumer: string, changes: Partial<Use>) =>
    checkConsumers({ [consumer]: [{ ...use, ...changes }] }, [], documents, platform).map(
      ({ reason }) => reason,
    );

  it('passes when all is declared', () => {
    expect(findingsOf('payments', {})).toEqual([]);
    const whole = { operation: 'listFlows', provider: 'orchestrator', sends: null, reads: null };
    expect(findingsOf('portal-web', whole)).toEqual([]);
    expect(findingsOf('maxai-ops', whole)).toEqual([]);
  });

  it.each<[string, string, Partial<Use>, string]>([
    [
      'an operation that is not served',
      'payments',
      { operation: 'getTotals' },
      'documents no such operation',
    ],
    [
      'a service that serves nothing',
      'payments',
      { provider: 'nobody' },
      'documents no such operation',
    ],
    [
      'a field that is not accepted',
      'payments',
      { sends: [...(use.sends ?? []), 'query.colour'] },
      'It sends query.colour',
    ],
    [
      'a required field left out',
      'payments',
      { sends: ['query.from', 'query.to'] },
      'It does not send query.clientId',
    ],
    ['a field that is not answered', 'payments', { reads: ['rows'] }, 'It reads rows'],
    [
      'an undeclared edge',
      'webhook-ingress',
      {},
      'webhook-ingress declares no edge to billing-usage',
    ],
    ['an unknown consumer', 'nobody', {}, 'nobody declares no edge'],
  ])('%s', (_name, consumer, changes, reason) => {
    expect(findingsOf(consumer, changes).join('\n')).toContain(reason);
  });

  it('reads the body of a request, behind its reference too', () => {
    const flow = { operation: 'createFlow', provider: 'orchestrator', reads: null };
    expect(findingsOf('maxai-ops', { ...flow, sends: ['body.name'] })).toEqual([
      'It does not send body.document, which is required',
    ]);
    const sent = { ...flow, sends: ['body.name', 'body.document', 'body.colour'] };
    expect(findingsOf('maxai-ops', sent)).toEqual(['It sends body.colour, which is not accepted']);
  });
});

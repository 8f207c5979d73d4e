import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDocument } from 'yaml';
import { checkTopology } from '../../src/commands/topology/check.ts';
import { diff, diffCluster, formatDiff } from '../../src/commands/topology/diff.ts';
import { explainObject } from '../../src/commands/topology/explain.ts';
import { render } from '../../src/commands/topology/render.ts';
import { selectClusters, selectedFolders } from '../../src/commands/topology/select-clusters.ts';
import { topologyProgram } from '../../src/commands/topology/topology-program.ts';

vi.setConfig({ testTimeout: 60_000 });

let output = '';
let exitCode: number | undefined;

beforeEach(() => {
  output = '';
  exitCode = undefined;
  const keep = (text: unknown) => {
    output += `${String(text)}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(keep);
  vi.spyOn(console, 'error').mockImplementation(keep);
});

async function topology(...args: string[]): Promise<void> {
  await topologyProgram((code) => {
    exitCode = code;
  }).parseAsync(args, { from: 'user' });
}

const folder = mkdtempSync(join(tmpdir(), 'topology-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [gke] = selectClusters({ environment: 'production', cloud: 'gke' });
const manifests = 'topology/rendered/production/gke';

/** A repository of its own in which the generators find what they read here. */
function repository(): string {
  const root = mkdtempSync(join(folder, 'repository-'));
  mkdirSync(join(root, 'services'), { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main', root]);
  return root;
}

function commit(root: string): void {
  const as = ['-c', 'user.name=test', '-c', 'user.email=test@example.test'];
  execFileSync('git', ['-C', root, 'add', '-A']);
  execFileSync('git', ['-C', root, ...as, 'commit', '-q', '--allow-empty', '-m', 'state']);
}

describe('the clusters meant', () => {
  it('are all, those of an environment, or one', () => {
    expect(selectedFolders({})).toHaveLength(5);
    expect(selectedFolders({ environment: 'prod' })).toEqual(['production/gke', 'production/eks']);
    expect(selectedFolders({ cloud: 'eks' })).toEqual(['production/eks', 'staging/eks']);
  });

  it('must exist', () => {
    expect(() => selectedFolders({ environment: 'test' })).toThrow(
      'There is no environment test.\n  Fix: name one of production, staging, development',
    );
    expect(() => selectedFolders({ environment: 'development', cloud: 'gke' })).toThrow(
      'development does not run on gke.\n  Fix: name one of kind',
    );
    expect(() => selectedFolders({ cloud: 'azure' })).toThrow(
      'The platform does not run on azure.\n  Fix: name one of gke, eks, kind',
    );
  });
});

describe('maxai topology render', () => {
  it('writes what is missing, takes away what is left over, and then has nothing to do', async () => {
    const root = repository();
    const gone = join(root, manifests, 'prod-services/gone.yaml');
    mkdirSync(join(root, manifests, 'prod-services'), { recursive: true });
    writeFileSync(gone, 'kind: Service\n');
    const selection = { environment: 'production', cloud: 'gke' };
    expect(await render({ ...selection, check: true }, root)).toBe(1);
    expect(output).toContain(`stale: ${manifests}/prod-services/gone.yaml`);
    expect(output).toContain('Run npx maxai topology render');
    expect(await render(selection, root)).toBe(0);
    output = '';
    expect(await render({ ...selection, check: true }, root)).toBe(0);
    expect(output).toBe('Everything rendered is up to date.\n');
    expect(await render({ check: true }, root)).toBe(1);
    expect(output).not.toContain(`${manifests}/`);
    expect(output).toContain('stale: topology/rendered/staging/eks/');
  });

  it('agrees with what is committed', async () => {
    await topology('render', '--check');
    expect(output).toBe('Everything rendered is up to date.\n');
    expect(exitCode).toBe(0);
  });
});

describe('maxai topology check', () => {
  it('finds nothing in the platform', async () => {
    await topology('check', '--json');
    const report = JSON.parse(output) as Awaited<ReturnType<typeof checkTopology>>;
    expect(report.findings).toEqual([]);
    expect(report.clusters.map(({ name }) => name)).toEqual(selectedFolders({}));
    expect(exitCode).toBe(0);
  });

  it('fails on an object that nobody owns', async () => {
    const stray = {
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'stray', namespace: 'prod-services' },
      },
      file: 'prod-services/stray',
      origins: [{ field: '', file: 'services/iam/deploy.ts', key: 'name' }],
    };
    const report = await checkTopology(
      [{ ...gke!, objects: [...gke!.objects, stray] }],
      selectClusters({}),
    );
    expect(report.findings).toMatchObject([
      { check: 'objects-labelled', file: 'services/iam/deploy.ts', clusters: ['production/gke'] },
    ]);
  });

  it('prints for people', async () => {
    await topology('check', '--environment', 'development');
    expect(output).toMatch(/^The model and \d+ objects of development\/kind: nothing found\.\n$/);
  });
});

describe('maxai topology diff', () => {
  async function rendered(): Promise<string> {
    const root = repository();
    await render({ environment: 'production', cloud: 'gke' }, root);
    commit(root);
    output = '';
    return root;
  }

  it('finds no difference to what was just committed', async () => {
    const root = await rendered();
    diff('production', { against: 'HEAD', cloud: 'gke' }, root);
    expect(output).toMatch(
      /^Compared with HEAD \([0-9a-f]{9}\)\n\nproduction\/gke: no difference\n$/,
    );
  });

  it('tells what comes, goes and changes, field by field, from one commit to now', async () => {
    const root = await rendered();
    const path = join(root, manifests, 'prod-services/iam.yaml');
    const [first, ...rest] = readFileSync(path, 'utf8').split('---\n');
    const document = parseDocument(first!);
    const kind = String(document.get('kind'));
    document.setIn(['metadata', 'labels', 'owner'], 'nobody');
    document.setIn(['metadata', 'name'], document.getIn(['metadata', 'name']));
    writeFileSync(path, [String(document), ...rest.slice(1)].join('---\n'));
    writeFileSync(
      join(root, manifests, 'old.yaml'),
      'apiVersion: v1\nkind: Service\nmetadata: { name: old, namespace: prod-api }\n',
    );
    commit(root);
    diff('production', { against: 'main', cloud: 'gke' }, root);
    expect(output).toContain('production/gke: 1 changed, 1 added, 1 removed');
    expect(output).toContain('  - prod-api/Service/old');
    expect(output).toMatch(new RegExp(`~ prod-services/${kind}/iam`));
    expect(output).toContain('metadata.labels.owner: nobody → identity-team');
    output = '';
    diff('production', { against: 'HEAD~1', cloud: 'gke', json: true }, root);
    expect(JSON.parse(output)).toMatchObject({
      against: 'HEAD~1',
      clusters: [{ cluster: 'production/gke', added: [], removed: [], changed: [] }],
    });
  });

  it('shows where a changed value is declared, and no secret', () => {
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'iam', labels: { 'app.kubernetes.io/name': 'iam' } },
      data: { key: value },
      spec: { maxReplicas: value.length, more: value === 'b2xk' ? undefined : 'added' },
    });
    const origins = [
      { field: 'spec.maxReplicas', file: 'services/iam/deploy.ts', key: 'scaling.max' },
    ];
    const text = formatDiff(
      diffCluster(
        'production/gke',
        [secret('b2xk')],
        [{ object: secret('bmV3bmV3'), file: 'iam', origins }],
      ),
    );
    expect(text).toMatch(/spec\.maxReplicas: 4 → 8 {2}\(services\/iam\/deploy\.ts:\d+\)/);
    expect(text).toContain('data.key: (hidden) → (hidden)');
    expect(text).toContain('spec.more: (absent) → added');
    expect(text).not.toMatch(/b2xk|bmV3/);
  });

  it('refuses a commit that does not exist', async () => {
    await expect(topology('diff', 'production', '--against', '--upload-pack')).rejects.toThrow(
      'There is no commit --upload-pack.',
    );
  });
});

describe('maxai topology explain', () => {
  it('leads from a field to the line of the model that decides it', async () => {
    await topology('explain', 'hpa', 'iam');
    expect(output).toContain('prod-services/HorizontalPodAutoscaler/iam in production/gke');
    const [, line] = /spec\.maxReplicas = 5\n {4}from services\/iam\/deploy\.ts:(\d+)/.exec(
      output,
    )!;
    const source = readFileSync(
      join(import.meta.dirname, '../../../services/iam/deploy.ts'),
      'utf8',
    );
    expect(source.split('\n')[Number(line) - 1]).toMatch(/max: 5/);
  });

  it('answers for another environment and for programs', async () => {
    await topology('explain', 'staging-services/HorizontalPodAutoscaler/iam', '--json');
    expect(JSON.parse(output)).toMatchObject({
      object: 'staging-services/HorizontalPodAutoscaler/iam',
      cluster: 'staging/gke',
      manifest: expect.stringMatching(/^topology\/rendered\/staging\/gke\/.*\.yaml$/) as string,
    });
  });

  it('can explain every object there is', () => {
    const explained = selectClusters({}).flatMap(({ folder: cluster, objects }) =>
      objects.map((object) => explainObject(cluster, object)),
    );
    expect(
      explained.filter(({ fields }) => fields.length === 0).map(({ object }) => object),
    ).toEqual([]);
  });

  it('says what it nearly could explain', async () => {
    await expect(topology('explain', 'hpa', 'imm')).rejects.toThrow(
      /No object is called hpa imm[^]*HorizontalPodAutoscaler/,
    );
  });

  it('reports a renderer that names a file which does not exist', () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    const origins = [{ field: '', file: 'gone.ts', key: 'name' }];
    expect(() => explainObject('production/gke', { object, file: 'a', origins })).toThrow(
      'ConfigMap/a says it comes from gone.ts, which does not exist.',
    );
  });
});

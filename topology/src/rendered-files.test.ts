import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { platform } from './platform.ts';
import { manifestFiles, renderClusters } from './rendered-files.ts';

const repositoryRoot = join(import.meta.dirname, '../..');

const clusters = renderClusters(platform);

describe('the clusters of the platform', () => {
  it('are production and staging on two clouds, and development on one machine [R11]', () => {
    expect(
      clusters.map(({ target }) => `${target.environment.name}/${target.cluster.kind}`),
    ).toEqual([
      'production/gke',
      'production/eks',
      'staging/gke',
      'staging/eks',
      'development/kind',
    ]);
  });

  it('are kept in git, every file of them, as is what builds and releases them [R120]', () => {
    const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
      cwd: repositoryRoot,
      encoding: 'utf8',
    }).split('\0');
    const kept = new Set(listed);
    const manifests = clusters.flatMap((cluster) => manifestFiles(cluster).map(({ path }) => path));
    expect(manifests.filter((path) => !kept.has(path))).toEqual([]);
    expect(listed).toEqual(
      expect.arrayContaining([
        '.github/workflows/release.yaml',
        'images/service.Dockerfile',
        'infra/aws/main.ts',
        'infra/gcp/main.ts',
        'package-lock.json',
      ]),
    );
  });
});

describe('the manifests of a cluster', () => {
  const { target } = clusters[0]!;
  const labels = { a: '1' };
  const object = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, labels },
    spec: { selector: labels, type: undefined },
  });
  const files = manifestFiles({
    target,
    objects: [
      { object: object('two'), file: 'prod-services/b', origins: [] },
      { object: object('one'), file: 'prod-services/a', origins: [] },
      { object: object('three'), file: 'prod-services/b', origins: [] },
    ],
  });

  it('stand in one file for each name, sorted by path', () => {
    expect(files.map(({ path }) => path)).toEqual([
      'topology/rendered/production/gke/prod-services/a.yaml',
      'topology/rendered/production/gke/prod-services/b.yaml',
    ]);
  });

  it('say what they are, and read back as the objects, without aliases and absent fields', () => {
    const { content } = files[1]!;
    expect(content).toMatch(/^# Rendered from the model/);
    expect(content).not.toMatch(/[&*]|type/);
    expect(parseAllDocuments(content).map((document) => document.toJS() as unknown)).toEqual(
      ['two', 'three'].map((name) => ({
        ...object(name),
        spec: { selector: labels },
      })),
    );
  });
});

import { checkPlatform } from '@maxai/topology/checks/check-platform';
import { checkRendered } from '@maxai/topology/checks/check-rendered';
import type { Finding } from '@maxai/topology/checks/finding';
import { checkConformance } from '@maxai/topology/conformance/check-conformance';
import { documentFile } from '@maxai/topology/conformance/compare-document';
import { alertsOf } from '@maxai/topology/observability/alerts';
import { platform } from '@maxai/topology/platform';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../platform/environment.ts';
import { checkAlertsHaveRunbooks } from './alerts-have-runbooks.ts';
import { checkEdgesInCode, settingsOfServices } from './edges-in-code.ts';
import {
  selectClusters,
  selectedFolders,
  type SelectedCluster,
  type Selection,
} from './select-clusters.ts';

export type FoundFinding = Finding & {
  /** Where it was found, `production/gke`; empty where it is about the model itself. */
  readonly clusters: readonly string[];
};

export type CheckReport = {
  readonly findings: readonly FoundFinding[];
  readonly clusters: readonly { readonly name: string; readonly objects: number }[];
};

/** What is found in several clusters is said once. */
export function mergeFindings(
  found: readonly { readonly cluster?: string; readonly finding: Finding }[],
): FoundFinding[] {
  const merged = new Map<string, FoundFinding>();
  for (const { cluster, finding } of found) {
    const key = JSON.stringify(finding);
    const { clusters } = merged.get(key) ?? { clusters: [] };
    merged.set(key, {
      ...finding,
      clusters: cluster === undefined ? clusters : [...clusters, cluster],
    });
  }
  return [...merged.values()].toSorted((left, right) => (left.file < right.file ? -1 : 1));
}

/** The gate as the tests' configuration states it; a number nowhere else. */
function coverageGate(root: string): number {
  const [, percent] =
    /lines: (\d+)/.exec(readFileSync(join(root, 'vitest.config.ts'), 'utf8')) ?? [];
  return Number(percent);
}

function conformance(clusters: readonly SelectedCluster[], root: string): Finding[] {
  return checkConformance(readFileSync(join(root, documentFile), 'utf8'), {
    platform,
    clusters,
    coveragePercent: coverageGate(root),
  });
}

/** Checks the model with all its clusters, and the objects of those asked for. */
export async function checkTopology(
  clusters: readonly SelectedCluster[],
  all: readonly SelectedCluster[],
  root = repositoryRoot,
): Promise<CheckReport> {
  const ofModel = [
    ...checkPlatform(platform),
    ...checkEdgesInCode(platform, await settingsOfServices(root, platform)),
    ...checkAlertsHaveRunbooks(root, alertsOf(platform)),
    ...conformance(all, root),
  ].map((finding) => ({ finding }));
  const ofClusters = clusters.flatMap(({ target, objects, folder }) =>
    checkRendered(target, objects).map((finding) => ({ cluster: folder, finding })),
  );
  return {
    findings: mergeFindings([...ofModel, ...ofClusters]),
    clusters: clusters.map(({ folder, objects }) => ({ name: folder, objects: objects.length })),
  };
}

/** Grouped by the file to change: the declaration, why it is wrong, what to do. */
export function formatFindings({ findings, clusters }: CheckReport): string {
  const objects = clusters.reduce((total, cluster) => total + cluster.objects, 0);
  const checked = `${objects} objects of ${clusters.map(({ name }) => name).join(', ')}`;
  if (findings.length === 0) return `The model and ${checked}: nothing found.`;
  const files = Map.groupBy(findings, ({ file }) => file);
  const groups = [...files].map(([file, ofFile]) =>
    [
      file,
      ...ofFile.flatMap(({ check: rule, declaration, reason, fix, clusters: where }) => [
        `  ${declaration} [${rule}]${where.length === 0 ? '' : ` in ${where.join(', ')}`}`,
        `    ${reason}`,
        `    Fix: ${fix}`,
      ]),
    ].join('\n'),
  );
  const count = `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}`;
  return [...groups, `${count} in the model and ${checked}`].join('\n\n');
}

/** Checks the model and what it renders. Returns the exit code: 1 on any finding. */
export async function check(options: Selection & { readonly json?: true }): Promise<number> {
  const folders = selectedFolders(options);
  const all = selectClusters({});
  const report = await checkTopology(
    all.filter(({ folder }) => folders.includes(folder)),
    all,
  );
  console.log(
    options.json === true ? JSON.stringify(report, undefined, 2) : formatFindings(report),
  );
  return report.findings.length === 0 ? 0 : 1;
}

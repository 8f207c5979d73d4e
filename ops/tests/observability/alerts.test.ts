import { alertsOf } from '@maxai/topology/observability/alerts';
import { platform } from '@maxai/topology/platform';
import { burnRates, journeys } from '@maxai/topology/observability/service-levels';
import { prometheusRules } from '@maxai/topology/observability/prometheus-rules';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ensureInstalled } from '../../src/local/debian-package.ts';
import { prometheusPackage } from '../../src/observability/packages.ts';
import { repositoryRoot } from '../../src/platform/environment.ts';
import { alertCases, sampleMinutes, type AlertCase } from './alert-cases.ts';

const alerts = alertsOf(platform);
const rules = prometheusRules(platform, 'https://example.org');
let folder: string;

function promtool(...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', parameters, {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, said: `${stdout}${stderr}` };
}

beforeAll(() => {
  ensureInstalled(prometheusPackage);
  folder = mkdtempSync(join(tmpdir(), 'maxai-alerts-'));
  writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function firing({ alert, labels = {}, fires, atMinute }: AlertCase) {
  const matchers = Object.entries({ alertname: alert, alertstate: 'firing', ...labels })
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');
  return {
    expr: `count(ALERTS{${matchers}})`,
    eval_time: `${atMinute}m`,
    exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
  };
}

/** Whether a rule speaks of this journey and window; those of no journey are short and always belong. */
function belongs(rule: string, { journey, window }: Readonly<Record<string, string>>): boolean {
  if (journey === undefined) return !rule.includes('journey');
  const burn = burnRates.find(({ long }) => long === window);
  const recorded = [burn?.long, burn?.short].map(
    (part) => `"record":"journey:${journey.replaceAll('-', '_')}:bad_ratio_${part}"`,
  );
  return (
    recorded.some((record) => rule.includes(record)) ||
    rule.includes(`"journey":"${journey}","window":"${window}"`)
  );
}

/** The groups a case needs, evaluated every `interval`. */
function writeRules(file: string, interval: string, labels: AlertCase['labels'] = {}): void {
  const groups = rules.groups.map(({ name, rules: all }) => ({
    name,
    interval,
    rules: all.filter((rule) => belongs(JSON.stringify(rule), labels)),
  }));
  const needed = groups.filter((group) => group.rules.length > 0);
  writeFileSync(join(folder, file), stringify({ groups: needed }));
}

/** What promtool says of cases with the same labels, run one beside the other. */
function judge(cases: readonly AlertCase[], interval = '1m') {
  writeRules('needed.yaml', interval, cases[0]?.labels);
  const tests = cases.map((one) => ({
    interval,
    input_series: one.input,
    promql_expr_test: [firing(one)],
  }));
  const file = join(folder, 'cases.yaml');
  writeFileSync(
    file,
    stringify(
      { rule_files: ['needed.yaml'], evaluation_interval: interval, tests },
      { aliasDuplicateObjects: false },
    ),
  );
  return promtool('test', 'rules', file);
}

const ofAlert = (name: string) => alertCases.filter(({ alert }) => alert === name);

describe('the alerting rules', () => {
  it('are rules Prometheus loads', () => {
    expect(promtool('check', 'rules', 'rules.yaml').said).toContain('SUCCESS');
  });

  it.each([
    ['ServiceDown', 'critical', '[R107]'],
    ['ErrorRateHigh', 'critical', '[R108]'],
    ['LatencyHigh', 'critical', '[R109]'],
    ['DatabasePoolExhausted', 'critical', '[R110,R62]'],
    ['DiskAlmostFull', 'critical', '[R111]'],
    ['ErrorRateRaised', 'warning', '[R112]'],
    ['LatencyRaised', 'warning', '[R113]'],
    ['TrafficUnusual', 'warning', '[R114]'],
    ['ProcessSaturated', 'warning', '[R61]'],
    ['QueueStuck', 'warning', ''],
  ])('%s (%s) fires when it must and only then %s', (name, severity) => {
    const { status, said } = judge(ofAlert(name));
    expect(said).toContain('SUCCESS');
    expect(status).toBe(0);
    expect(alerts.filter((alert) => alert.name === name).map((alert) => alert.severity)).toEqual([
      severity,
    ]);
  });

  it.each(journeys.map(({ name }) => name))(
    'the burn rates of %s fire above their rate and stay quiet below',
    (name) => {
      for (const { long } of burnRates) {
        const cases = ofAlert('ErrorBudgetBurning').filter(
          ({ labels }) => labels?.['journey'] === name && labels['window'] === long,
        );
        expect(judge(cases, `${sampleMinutes(long)}m`).said).toContain('SUCCESS');
      }
    },
    60_000,
  );

  it('would be told when one did not fire', () => {
    const [first] = ofAlert('ErrorRateHigh');
    const { status } = judge([{ ...first!, fires: false }]);
    expect(status).toBe(1);
  });

  it('each have a case that fires and one that does not', () => {
    const identity = (name: string, labels: Readonly<Record<string, string>> = {}) =>
      `${name} ${labels['journey'] ?? ''} ${labels['window'] ?? ''}`;
    for (const { name, labels } of alerts) {
      const verdicts = alertCases
        .filter((one) => identity(one.alert, one.labels) === identity(name, labels))
        .map(({ fires }) => fires);
      expect({ of: identity(name, labels), verdicts: new Set(verdicts) }).toEqual({
        of: identity(name, labels),
        verdicts: new Set([true, false]),
      });
    }
  });

  it('each lead to a runbook that says what it means, what to look at and what to do', () => {
    for (const { runbook } of alerts) {
      const path = join(repositoryRoot, runbook);
      expect(existsSync(path) ? runbook : 'no file').toBe(runbook);
      const text = readFileSync(path, 'utf8');
      for (const heading of ['## Means', '## Look', '## Do']) expect(text).toContain(heading);
    }
  });
});

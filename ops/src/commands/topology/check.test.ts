import { platform } from '@maxai/topology/platform';
import type { Service } from '@maxai/topology/model';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkAlertsHaveRunbooks } from './alerts-have-runbooks.ts';
import { formatFindings, mergeFindings } from './check.ts';
import { checkEdgesInCode } from './edges-in-code.ts';

const finding = {
  check: 'operable',
  file: 'services/iam/deploy.ts',
  declaration: 'iam',
  reason: 'Nobody answers or pays for it',
  fix: 'Name its owner and costCentre',
};

describe('a report of findings', () => {
  const clusters = [
    { name: 'production/gke', objects: 7 },
    { name: 'production/eks', objects: 5 },
  ];

  it('says once what is found on several clusters, grouped by the file to change', () => {
    const other = { ...finding, file: 'a.ts', declaration: 'other' };
    const findings = mergeFindings([
      { finding },
      { cluster: 'production/gke', finding: other },
      { cluster: 'production/eks', finding: other },
    ]);
    expect(formatFindings({ findings, clusters })).toBe(
      [
        'a.ts',
        '  other [operable] in production/gke, production/eks',
        '    Nobody answers or pays for it',
        '    Fix: Name its owner and costCentre',
        '',
        'services/iam/deploy.ts',
        '  iam [operable]',
        '    Nobody answers or pays for it',
        '    Fix: Name its owner and costCentre',
        '',
        '2 findings in the model and 12 objects of production/gke, production/eks',
      ].join('\n'),
    );
  });

  it('counts one finding as one', () => {
    const text = formatFindings({ findings: mergeFindings([{ finding }]), clusters });
    expect(text).toContain('1 finding in the model');
  });

  it('says what was checked when there is nothing to say', () => {
    expect(formatFindings({ findings: [], clusters })).toBe(
      'The model and 12 objects of production/gke, production/eks: nothing found.',
    );
  });
});

describe('an edge', () => {
  it('that the code uses must be declared', () => {
    expect(checkEdgesInCode(platform, new Map([['iam', ['databaseUrl', 'paymentsUrl']]]))).toEqual([
      {
        check: 'edges-in-code',
        file: 'services/iam/src/config.ts',
        declaration: 'iam reads paymentsUrl',
        reason:
          'It does not declare that it calls payments: it is given no address and no key, and the network is closed',
        fix: 'Add payments to calls or providers in services/iam/deploy.ts',
      },
    ]);
  });

  it('to a provider must be declared as well', () => {
    const [found] = checkEdgesInCode(platform, new Map([['iam', ['stripeBaseUrl']]]));
    expect(found?.declaration).toBe('iam reads stripeBaseUrl');
  });

  it('that is declared must be used', () => {
    const services = platform.services.map((service) =>
      // What payments declares is of no other service's type.
      service.name === 'iam'
        ? ({ ...service, calls: ['payments'] } as unknown as Service)
        : service,
    );
    expect(checkEdgesInCode({ ...platform, services }, new Map([['iam', []]]))).toEqual([
      {
        check: 'edges-in-code',
        file: 'services/iam/deploy.ts',
        declaration: 'iam calls payments',
        reason:
          'Nothing in its configuration reads where payments is: an open way that nobody needs',
        fix: 'Drop payments from its deploy.ts or read paymentsUrl in services/iam/src/config.ts',
      },
    ]);
  });
});

describe('an alert', () => {
  it('may not wake anybody without a runbook that is about it', () => {
    const root = mkdtempSync(join(tmpdir(), 'runbooks-'));
    mkdirSync(join(root, 'docs/runbooks'), { recursive: true });
    writeFileSync(join(root, 'docs/runbooks/known.md'), '# Known');
    writeFileSync(join(root, 'docs/runbooks/other.md'), '# Something else');
    const alert = (name: string, file: string) => ({
      name,
      severity: 'critical' as const,
      summary: '',
      expression: 'up == 0',
      forMinutes: 1,
      runbook: `docs/runbooks/${file}.md` as const,
    });
    const alerts = [alert('Known', 'known'), alert('Other', 'other'), alert('Gone', 'gone')];
    const found = checkAlertsHaveRunbooks(root, alerts);
    rmSync(root, { recursive: true });
    expect(found.map(({ file }) => file)).toEqual([
      'docs/runbooks/other.md',
      'docs/runbooks/gone.md',
    ]);
    expect(found[1]).toEqual({
      check: 'alerts-have-runbooks',
      file: 'docs/runbooks/gone.md',
      declaration: 'critical alert Gone',
      reason: 'It wakes somebody and says nowhere what to do',
      fix: 'Write docs/runbooks/gone.md: what Gone means, how to see it, how to mend it',
    });
  });
});

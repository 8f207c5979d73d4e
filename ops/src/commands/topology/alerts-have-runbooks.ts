import type { Finding } from '@maxai/topology/checks/finding';
import type { Alert } from '@maxai/topology/model/alert';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whoever is woken finds a runbook that is about the alert: it names it. */
export function checkAlertsHaveRunbooks(root: string, alerts: readonly Alert[]): Finding[] {
  const wanted = new Map(alerts.map((alert) => [alert.name, alert]));
  return [...wanted.values()]
    .filter(({ name, runbook }) => {
      const file = join(root, runbook);
      return !existsSync(file) || !readFileSync(file, 'utf8').includes(name);
    })
    .map(({ name, severity, runbook }) => ({
      check: 'alerts-have-runbooks',
      file: runbook,
      declaration: `${severity} alert ${name}`,
      reason: 'It wakes somebody and says nowhere what to do',
      fix: `Write ${runbook}: what ${name} means, how to see it, how to mend it`,
    }));
}

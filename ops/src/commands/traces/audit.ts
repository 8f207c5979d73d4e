import { samplingPolicy } from '@maxai/topology/observability/sampling-policy';
import { auditTraces, type Audit } from '../../observability/audit-traces.ts';
import { CommandError } from '../../supervisor/command-error.ts';
import { formatTable } from '../../terminal/format-table.ts';

type Options = {
  readonly otlp: string;
  readonly kept: string;
  readonly each: string;
  readonly wait: string;
  readonly json?: true;
};

const eachMax = 10_000;
const quietMs = 3000;

function numberOf(text: string, option: string, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value <= max) return value;
  throw new CommandError(`--${option} ${text} is no number of use.`, `choose 1 to ${max}`);
}

export function formatAudit({ passed, rows }: Audit): string {
  const table = formatTable(
    ['traces', 'sent', 'kept', 'fewest', 'most', 'torn'],
    rows.map(({ traces, sent, kept, fewest, most, torn }) => [
      traces,
      sent,
      kept,
      fewest,
      most,
      torn,
    ]),
  );
  const { errorsPercent, successesPercent } = samplingPolicy;
  const policy = `${errorsPercent} % of errors and ${successesPercent} % of the others`;
  return `${table}\n\n${passed ? 'Kept as the policy says' : 'NOT kept as the policy says'}: ${policy}`;
}

/** `maxai traces audit`: exit code 0 when exactly what the policy says was kept. */
export async function audit(options: Options): Promise<void> {
  const outcome = await auditTraces({
    otlpUrl: options.otlp.replace(/\/+$/, ''),
    kept: options.kept,
    each: numberOf(options.each, 'each', eachMax),
    waitMs: numberOf(options.wait, 'wait', 600) * 1000,
    quietMs,
  }).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CommandError(
      `The audit could not be made: ${reason}.`,
      'name an OTLP/HTTP endpoint that answers and where its kept traces are; maxai up --with observability starts one',
      { cause },
    );
  });
  console.log(options.json === true ? JSON.stringify(outcome, undefined, 2) : formatAudit(outcome));
  process.exitCode = outcome.passed ? 0 : 1;
}

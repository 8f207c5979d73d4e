import * as budgets from '@pulumi/aws/budgets/index.js';
import * as rds from '@pulumi/aws/rds/index.js';
import type { AwsStack } from './aws-stack.ts';

/** Mail at half, nine tenths and all of the month's money, and when the month will end above it. */
export function createBudget(stack: AwsStack): void {
  const { environment, sizing, settings, within, tags } = stack;
  const notice = (threshold: number, notificationType: 'ACTUAL' | 'FORECASTED') => ({
    comparisonOperator: 'GREATER_THAN',
    threshold,
    thresholdType: 'PERCENTAGE',
    notificationType,
    subscriberEmailAddresses: [settings.alertEmail],
  });
  new budgets.Budget(
    'month',
    {
      name: `maxai-${environment.name}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      limitAmount: String(sizing.monthlyBudgetUsd),
      limitUnit: 'USD',
      notifications: [
        notice(50, 'ACTUAL'),
        notice(90, 'ACTUAL'),
        notice(100, 'ACTUAL'),
        notice(100, 'FORECASTED'),
      ],
      tags: tags(),
    },
    within,
  );
}

/** A year of the database's class, paid in advance; the offering says which class, term and payment. */
export function reserveDatabase(stack: AwsStack): void {
  const { settings, environment, within, tags } = stack;
  if (settings.databaseReservation === null) return;
  new rds.ReservedInstance(
    'postgres',
    {
      reservationId: `maxai-${environment.shortName}-postgres`,
      offeringId: settings.databaseReservation.offeringId,
      instanceCount: 1,
      tags: tags(),
    },
    { ...within, protect: true },
  );
}

/** Savings Plans are bought by hand: the provider has no resource for them. This is what to buy. */
export function nodeCommitment({ target, sizing }: AwsStack) {
  const always = Object.values(sizing.nodePools).filter(({ nodesMin }) => nodesMin > 0);
  return {
    product: 'Compute Savings Plan',
    term: '1 year',
    region: target.region,
    machines: always.map(({ machine, nodesMin }) => ({ type: machine.type, count: nodesMin })),
    where: 'Billing and Cost Management → Savings Plans → Purchase',
  };
}

/** What to ask `aws rds describe-reserved-db-instances-offerings` for; its answer's id goes to `databaseReservation`. */
export function databaseOffering({ environment, sizing }: AwsStack) {
  return {
    product: 'postgresql',
    class: sizing.postgres.type,
    durationSeconds: 365 * 86_400,
    multiAz: environment.postgres.highAvailability !== 'none',
  };
}

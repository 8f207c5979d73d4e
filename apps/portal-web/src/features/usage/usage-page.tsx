'use client';
import { useOperation, useRows, type RowOf } from '@maxai/api-client/react';
import { BarChart } from '@maxai/ui/bar-chart';
import { buttonLook } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { FilterLinks } from '@maxai/ui/filter-links';
import { Money } from '@maxai/ui/money';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { ClientLink, useClientNames } from '../clients/client-link.tsx';
import { dailyBars, describeQuantity, startOfDay, sumCost } from './usage-rules.ts';

const days = 30;

type Line = RowOf<'listUsageEvents'>;

function Sources({ line }: { line: Line }) {
  const links = [
    ['Event', line.eventId && paths.event(line.eventId)],
    ['Execution', line.executionId && paths.execution(line.executionId)],
    ['Effect', line.effectId && paths.effect(line.effectId)],
  ] as const;
  return (
    <span className="flex gap-3">
      {links.map(
        ([text, href]) =>
          href && (
            <Link key={text} href={href}>
              {text}
            </Link>
          ),
      )}
    </span>
  );
}

const columns: readonly Column<Line>[] = [
  { header: 'What', value: (row) => describeQuantity(row.meter, row.quantity) },
  {
    header: 'Vendor cost',
    value: (row) => Number(row.cost.amount),
    cell: (row) => <Money value={row.cost} />,
    numeric: true,
  },
  { header: 'Provider', value: (row) => row.provider, cell: (row) => <Tag>{row.provider}</Tag> },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  { header: 'Made of', value: (row) => row.externalId, cell: (row) => <Sources line={row} /> },
  {
    header: 'When',
    value: (row) => row.occurredAt,
    cell: (row) => <RelativeTime at={row.occurredAt} />,
  },
];

/** What the lines are narrowed to, as the address says it. */
export type UsageFilter = { clientId?: string; executionId?: string; eventId?: string };

function DailyCost({ clientId }: { clientId: string | undefined }) {
  const [now] = useState(() => new Date());
  const from = startOfDay(now, days - 1);
  return (
    <Loaded reading={useOperation('getUsageSummary', { query: { from, clientId } })}>
      {({ items }) => (
        <>
          <p className="mb-4 text-2xl font-semibold tracking-tight">
            <Money value={sumCost(items)} />
          </p>
          <BarChart label="Vendor cost per day" bars={dailyBars(items, now, days)} />
        </>
      )}
    </Loaded>
  );
}

export function UsagePage({ filter }: { filter: UsageFilter }) {
  const names = useClientNames();
  const isOneThing = filter.executionId ?? filter.eventId;
  const views = [
    { text: 'All', href: paths.usage(), current: filter.clientId === undefined },
    ...[...names].map(([clientId, text]) => ({
      text,
      href: paths.usage({ clientId }),
      current: clientId === filter.clientId,
    })),
  ];
  return (
    <div className="grid gap-6">
      <PageHeader
        title="Usage"
        description={
          isOneThing
            ? `What ${isOneThing} used.`
            : 'What was used and what the vendors charge for it.'
        }
        actions={
          <>
            {isOneThing && (
              <Link href={paths.usage()} className={buttonLook()}>
                Show all usage
              </Link>
            )}
            <Link href={paths.billing()} className={buttonLook()}>
              Open invoices
            </Link>
          </>
        }
      />
      {!isOneThing && (
        <Card
          title={`Vendor cost, last ${days} days`}
          actions={<FilterLinks label="Client" options={views} link={Link} />}
        >
          <DailyCost clientId={filter.clientId} />
        </Card>
      )}
      <DataTable
        titled
        label="Usage lines"
        columns={columns}
        rows={useRows('listUsageEvents', filter)}
        empty={
          <>
            Usage is metered when an <Link href={paths.executions()}>execution</Link> calls a
            provider or a call ends.
          </>
        }
      />
    </div>
  );
}

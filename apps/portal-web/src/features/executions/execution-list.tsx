'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { FilterLinks } from '@maxai/ui/filter-links';
import { PageHeader } from '@maxai/ui/page-header';
import { describeDuration, RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

export const executionColumns: readonly Column<RowOf<'listExecutions'>>[] = [
  {
    header: 'Flow',
    value: (row) => row.flowName,
    cell: (row) => <Link href={paths.execution(row.id)}>{row.flowName}</Link>,
  },
  {
    header: 'Status',
    value: (row) => row.status,
    cell: (row) => <StatusPill status={row.status} />,
  },
  {
    header: 'Event',
    value: (row) => row.eventType,
    cell: (row) => <Link href={paths.event(row.eventId)}>{row.eventType}</Link>,
  },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'Took',
    value: (row) =>
      row.startedAt && row.finishedAt && describeDuration(row.startedAt, row.finishedAt),
    numeric: true,
  },
  {
    header: 'When',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

const statuses = ['running', 'succeeded', 'failed'] as const;
/** What the list is narrowed to, as its address says it. */
export type ExecutionFilter = {
  status?: RowOf<'listExecutions'>['status'];
  clientId?: string;
  flowId?: string;
};

export function ExecutionList({ filter }: { filter: ExecutionFilter }) {
  const { status: chosen, ...rest } = filter;
  const views = [
    { text: 'All', href: paths.executions(rest), current: chosen === undefined },
    ...statuses.map((status) => ({
      text: status,
      href: paths.executions({ ...rest, status }),
      current: status === chosen,
    })),
  ];
  return (
    <>
      <PageHeader title="Executions" description="Every run of a flow, newest first." />
      <DataTable
        label="Executions"
        columns={executionColumns}
        rows={useRows('listExecutions', filter)}
        filters={<FilterLinks label="Status" options={views} link={Link} />}
        empty={
          <>
            An execution starts when an event matches an active{' '}
            <Link href={paths.flows()}>flow</Link>.
          </>
        }
      />
    </>
  );
}

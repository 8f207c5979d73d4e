'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

const columns: readonly Column<RowOf<'listFlows'>>[] = [
  {
    header: 'Name',
    value: (row) => row.name,
    cell: (row) => <Link href={paths.flow(row.id)}>{row.name}</Link>,
  },
  {
    header: 'Status',
    value: (row) => row.status,
    cell: (row) => <StatusPill status={row.status} />,
  },
  {
    header: 'Trigger',
    value: (row) => row.document.trigger.event,
    cell: (row) => <Tag>{row.document.trigger.event}</Tag>,
  },
  { header: 'Steps', value: (row) => row.document.steps.length, numeric: true },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'Created',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function FlowList() {
  return (
    <>
      <PageHeader title="Flows" description="What happens when an event comes in." />
      <DataTable
        label="Flows"
        columns={columns}
        rows={useRows('listFlows')}
        empty="Create a flow with POST /api/flows, then activate it here."
      />
    </>
  );
}

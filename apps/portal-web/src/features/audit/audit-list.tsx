'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';
import { ClientLink } from '../clients/client-link.tsx';

const actorOf = ({ actor }: RowOf<'listAuditEvents'>) => `${actor.kind} ${actor.id}`;

const columns: readonly Column<RowOf<'listAuditEvents'>>[] = [
  { header: 'Action', value: (row) => row.action, cell: (row) => <Tag>{row.action}</Tag> },
  { header: 'Resource', value: (row) => row.resource },
  {
    header: 'By',
    value: actorOf,
    cell: (row) => <span title={actorOf(row)}>{actorOf(row)}</span>,
  },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'When',
    value: (row) => row.occurredAt,
    cell: (row) => <RelativeTime at={row.occurredAt} />,
  },
  {
    header: 'Hash',
    value: (row) => row.hash,
    cell: (row) => (
      <code title={row.hash} className="font-mono text-xs text-muted">
        {row.hash.slice(0, 10)}
      </code>
    ),
  },
];

export function AuditList() {
  return (
    <>
      <PageHeader
        title="Audit"
        description="What was changed by whom. Each row’s hash covers the one before it."
      />
      <DataTable
        label="Audit events"
        columns={columns}
        rows={useRows('listAuditEvents')}
        empty="Every change made in the portal or through the API is written here."
      />
    </>
  );
}

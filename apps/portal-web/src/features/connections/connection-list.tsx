'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { CopyButton } from '@maxai/ui/code-block';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import { ClientLink } from '../clients/client-link.tsx';

type Connection = RowOf<'listConnections'>;

const webhookUrl = (row: Connection) => location.origin + row.webhookPath;
const status = (row: Connection) => (row.disabledAt === null ? 'active' : 'disabled');

export const connectionColumns: readonly Column<Connection>[] = [
  { header: 'Name', value: (row) => row.name },
  { header: 'Provider', value: (row) => row.provider, cell: (row) => <Tag>{row.provider}</Tag> },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  { header: 'Status', value: status, cell: (row) => <StatusPill status={status(row)} /> },
  {
    header: 'Webhook URL',
    value: webhookUrl,
    cell: (row) => (
      <span className="flex items-center gap-1">
        <code className="truncate font-mono text-xs" title={webhookUrl(row)}>
          {row.webhookPath}
        </code>
        <CopyButton text={webhookUrl(row)} label={`Copy webhook URL of ${row.name}`} />
      </span>
    ),
  },
  {
    header: 'Account',
    value: (row) =>
      Object.entries(row.account)
        .map(([name, value]) => `${name} ${String(value)}`)
        .join(', '),
  },
];

export function ConnectionList() {
  return (
    <>
      <PageHeader
        title="Connections"
        description="Provider accounts and where each of them posts its webhooks. Secrets are never shown."
      />
      <DataTable
        label="Connections"
        columns={connectionColumns}
        rows={useRows('listConnections')}
        empty="Create a connection through the API, then paste its webhook URL into the provider’s settings."
      />
    </>
  );
}

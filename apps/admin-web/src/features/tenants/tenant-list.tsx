'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';

const columns: readonly Column<RowOf<'listTenants'>>[] = [
  { header: 'Name', value: (row) => row.name },
  {
    header: 'Id',
    value: (row) => row.id,
    cell: (row) => <code className="font-mono text-xs text-muted">{row.id}</code>,
  },
  { header: 'Clients', value: (row) => row.clientCount, numeric: true },
  { header: 'Members', value: (row) => row.memberCount, numeric: true },
  {
    header: 'Since',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function TenantList() {
  return (
    <>
      <PageHeader title="Tenants" description="Every agency on the platform, with its size." />
      <DataTable
        label="Tenants"
        columns={columns}
        rows={useRows('listTenants')}
        empty="Provision the first agency with the maxai command."
      />
    </>
  );
}

'use client';
import type { AnswerOf } from '@maxai/api-client';
import { useOperation } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { StatusPill } from '@maxai/ui/status-pill';

type Row = AnswerOf<'getPlatformHealth'>['items'][number] & { id: string };

const describe = ({ dependencies }: Row) =>
  dependencies.map(({ name, status }) => `${name} ${status}`).join(', ');

const columns: readonly Column<Row>[] = [
  { header: 'Service', value: (row) => row.service, cell: (row) => <strong>{row.service}</strong> },
  {
    header: 'Status',
    value: (row) => row.status,
    cell: (row) => <StatusPill status={row.status} />,
  },
  {
    header: 'Dependencies',
    value: describe,
    cell: (row) => <span title={describe(row)}>{describe(row)}</span>,
  },
];

export function ServiceList() {
  const health = useOperation('getPlatformHealth');
  const data = health.data?.items.map((item) => ({ ...item, id: item.service }));
  return (
    <>
      <PageHeader
        title="Services"
        description="Each service as the gateway sees it, with what it depends on."
      />
      <DataTable
        label="Services"
        columns={columns}
        rows={{ ...health, data, more: null }}
        empty="The gateway reports a service once it is part of the platform."
      />
    </>
  );
}

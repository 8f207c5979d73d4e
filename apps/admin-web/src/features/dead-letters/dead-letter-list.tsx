'use client';
import { useRows, type RowOf } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';

const columns: readonly Column<RowOf<'listDeadLetters'>>[] = [
  {
    header: 'Reason',
    value: (row) => row.reason,
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
  },
  { header: 'Kind', value: (row) => row.kind, cell: (row) => <Tag>{row.kind}</Tag> },
  { header: 'Subject', value: (row) => row.subjectId },
  { header: 'Attempts', value: (row) => row.attempts, numeric: true },
  {
    header: 'When',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

export function DeadLetterList() {
  return (
    <>
      <PageHeader
        title="Dead letters"
        description="What failed for good in the tenant you are signed in to; tenants replay their own."
      />
      <DataTable
        label="Dead letters"
        columns={columns}
        rows={useRows('listDeadLetters')}
        empty="Good: everything that came in was handled."
      />
    </>
  );
}

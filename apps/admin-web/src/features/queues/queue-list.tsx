'use client';
import { useOperation } from '@maxai/api-client/react';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import type { AnswerOf } from '@maxai/api-client';

type Queue = AnswerOf<'listQueues'>['items'][number] & { id: string };

const columns: readonly Column<Queue>[] = [
  { header: 'Queue', value: (row) => row.name, cell: (row) => <strong>{row.name}</strong> },
  { header: 'Waiting', value: (row) => row.waiting, numeric: true },
  { header: 'Active', value: (row) => row.active, numeric: true },
  { header: 'Delayed', value: (row) => row.delayed, numeric: true },
  {
    header: 'Failed',
    value: (row) => row.failed,
    cell: (row) => <span className={row.failed > 0 ? 'text-bad' : ''}>{row.failed}</span>,
    numeric: true,
  },
];

export function QueueList() {
  const queues = useOperation('listQueues');
  const data = queues.data?.items.map((queue) => ({ ...queue, id: queue.name }));
  return (
    <>
      <PageHeader
        title="Queues"
        description="Work that waits, runs, is delayed or failed for good."
      />
      <DataTable
        label="Queues"
        columns={columns}
        rows={{ ...queues, data, more: null }}
        empty="The orchestrator lists every queue once it runs."
      />
    </>
  );
}

'use client';
import { useAction, useRows, type Action, type RowOf } from '@maxai/api-client/react';
import { Button } from '@maxai/ui/button';
import { DataTable, type Column } from '@maxai/ui/data-table';
import { PageHeader } from '@maxai/ui/page-header';
import { ProblemNotice } from '@maxai/ui/notices';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';
import { useToast } from '@maxai/ui/toast';
import Link from 'next/link';
import { paths } from '../../paths.ts';

type DeadLetter = RowOf<'listDeadLetters'>;

function subjectPath({ kind, subjectId }: DeadLetter): string {
  return kind === 'execution' ? paths.execution(subjectId) : paths.delivery(subjectId);
}

const columns: readonly Column<DeadLetter>[] = [
  {
    header: 'Reason',
    value: (row) => row.reason,
    cell: (row) => <span title={row.reason}>{row.reason}</span>,
  },
  { header: 'Kind', value: (row) => row.kind, cell: (row) => <Tag>{row.kind}</Tag> },
  {
    header: 'What',
    value: (row) => row.subjectId,
    cell: (row) => <Link href={subjectPath(row)}>Open {row.kind}</Link>,
  },
  { header: 'Attempts', value: (row) => row.attempts, numeric: true },
  {
    header: 'When',
    value: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
];

const replayColumn = (replay: Action<'replayDeadLetter'>): Column<DeadLetter> => ({
  header: 'Replay',
  value: (row) => row.replayedAt,
  cell: (row) =>
    row.replayedAt ? (
      <span className="text-muted">
        Replayed <RelativeTime at={row.replayedAt} />
      </span>
    ) : (
      <Button
        size="small"
        running={replay.running}
        onClick={() => replay.run({ params: { deadLetterId: row.id } })}
      >
        Replay
      </Button>
    ),
});

export function DeadLetterList() {
  const toast = useToast();
  const replay = useAction('replayDeadLetter', () =>
    toast('Queued again. Effects already done are not repeated.'),
  );
  return (
    <div className="grid gap-4">
      <PageHeader
        title="Dead letters"
        description="What failed for good, each with its reason. Effects already done are never repeated."
      />
      {replay.problem && <ProblemNotice problem={replay.problem} />}
      <DataTable
        label="Dead letters"
        columns={[...columns, replayColumn(replay)]}
        rows={useRows('listDeadLetters')}
        empty="Good: everything that came in was handled. Work that fails for good waits here."
      />
    </div>
  );
}

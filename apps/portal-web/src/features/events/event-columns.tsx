import type { RowOf } from '@maxai/api-client/react';
import type { Column } from '@maxai/ui/data-table';
import { RelativeTime } from '@maxai/ui/relative-time';
import { Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

type Event = RowOf<'listEvents'>;

/** Who an event is about, by the first thing the provider says of them. */
export function subjectOf({ subject }: Pick<Event, 'subject'>): string {
  const known = ['name', 'phone', 'email'].map((fact) => subject[fact]);
  return known.find((fact) => typeof fact === 'string') ?? 'Unknown';
}

export const eventColumns: readonly Column<Event>[] = [
  {
    header: 'Event',
    value: (row) => row.type,
    cell: (row) => <Link href={paths.event(row.id)}>{row.type}</Link>,
  },
  { header: 'About', value: subjectOf },
  { header: 'Provider', value: (row) => row.provider, cell: (row) => <Tag>{row.provider}</Tag> },
  {
    header: 'Client',
    value: (row) => row.clientId,
    cell: (row) => <ClientLink id={row.clientId} />,
  },
  {
    header: 'Provider id',
    value: (row) => row.externalId,
    cell: (row) => <code className="font-mono text-xs text-muted">{row.externalId}</code>,
  },
  {
    header: 'When',
    value: (row) => row.occurredAt,
    cell: (row) => <RelativeTime at={row.occurredAt} />,
  },
];

'use client';
import { useOperation } from '@maxai/api-client/react';
import { buttonLook } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { JsonView } from '@maxai/ui/code-block';
import { KeyValue } from '@maxai/ui/key-value';
import { EmptyNotice, Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';
import { subjectOf } from './event-columns.tsx';

export function EventPage({ id }: { id: string }) {
  return (
    <Loaded reading={useOperation('getEvent', { params: { eventId: id } })}>
      {(event) => (
        <>
          <PageHeader
            title={event.type}
            description={
              <>
                <Tag>{event.provider}</Tag>
                {subjectOf(event)} · <RelativeTime at={event.occurredAt} />
              </>
            }
            back={<Link href={paths.events()}>Events</Link>}
            actions={
              <>
                <Link href={paths.delivery(event.webhookEventId)} className={buttonLook()}>
                  Open delivery
                </Link>
                <Link href={paths.usage({ eventId: event.id })} className={buttonLook()}>
                  Open usage
                </Link>
              </>
            }
          />
          <div className="grid gap-6">
            <Card title="Executions" flush>
              {event.executions.length === 0 && (
                <EmptyNotice title="No flow answered this event">
                  Activate a <Link href={paths.flows()}>flow</Link> triggered by {event.type}.
                </EmptyNotice>
              )}
              <ul className="divide-y divide-line">
                {event.executions.map((execution) => (
                  <li key={execution.id} className="flex flex-wrap items-center gap-3 px-4 py-3">
                    <span className="font-medium">{execution.flowName}</span>
                    <StatusPill status={execution.status} />
                    <RelativeTime at={execution.createdAt} />
                    <Link
                      href={paths.execution(execution.id)}
                      className={`${buttonLook({ size: 'small' })} ml-auto`}
                    >
                      Open execution
                    </Link>
                  </li>
                ))}
              </ul>
            </Card>
            <Card title="Facts">
              <KeyValue
                facts={{
                  Client: <ClientLink id={event.clientId} />,
                  'Provider id': <code className="font-mono text-xs">{event.externalId}</code>,
                  'Correlation id': (
                    <code className="font-mono text-xs">{event.correlationId}</code>
                  ),
                }}
              />
            </Card>
            <Card title="Data">
              <JsonView label="event data" value={{ subject: event.subject, data: event.data }} />
            </Card>
          </div>
        </>
      )}
    </Loaded>
  );
}

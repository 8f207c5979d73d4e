'use client';
import { useAction, useOperation, useRows } from '@maxai/api-client/react';
import { Button } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { JsonView } from '@maxai/ui/code-block';
import { DataTable } from '@maxai/ui/data-table';
import { KeyValue } from '@maxai/ui/key-value';
import { Loaded, ProblemNotice } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import { useToast } from '@maxai/ui/toast';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';
import { eventColumns } from './event-columns.tsx';

export function DeliveryPage({ id }: { id: string }) {
  const toast = useToast();
  const replay = useAction('replayWebhookEvent', () =>
    toast('Queued again. Effects already done are not repeated.'),
  );
  const events = useRows('listEvents', { webhookEventId: id });
  return (
    <Loaded reading={useOperation('getWebhookEvent', { params: { webhookEventId: id } })}>
      {(delivery) => (
        <div className="grid gap-6">
          <PageHeader
            title={delivery.type}
            description={
              <>
                <Tag>{delivery.provider}</Tag>
                <StatusPill
                  status={
                    delivery.settledAt ? 'settled' : delivery.queuedAt ? 'queued' : 'received'
                  }
                />
                <RelativeTime at={delivery.receivedAt} />
              </>
            }
            back={<Link href={paths.events()}>Events</Link>}
            actions={
              <Button
                running={replay.running}
                onClick={() => replay.run({ params: { webhookEventId: id } })}
              >
                Replay
              </Button>
            }
          />
          {replay.problem && <ProblemNotice problem={replay.problem} />}
          <DataTable
            titled
            label="Events"
            columns={eventColumns}
            rows={events}
            empty="The worker writes the event within seconds; replay the delivery if none appears."
          />
          <Card title="Delivery">
            <KeyValue
              facts={{
                Client: <ClientLink id={delivery.clientId} />,
                'Times delivered': delivery.deliveries,
                'Dedupe key': <code className="font-mono text-xs">{delivery.dedupeKey}</code>,
                'Correlation id': (
                  <code className="font-mono text-xs">{delivery.correlationId}</code>
                ),
              }}
            />
          </Card>
          <Card title="Payload">
            <JsonView label="payload" value={delivery.payload} />
          </Card>
        </div>
      )}
    </Loaded>
  );
}

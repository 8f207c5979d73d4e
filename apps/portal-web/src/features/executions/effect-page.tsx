'use client';
import { useOperation } from '@maxai/api-client/react';
import { buttonLook } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { JsonView } from '@maxai/ui/code-block';
import { KeyValue } from '@maxai/ui/key-value';
import { Money } from '@maxai/ui/money';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

function requestFacts(request: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

export function EffectPage({ id }: { id: string }) {
  return (
    <Loaded reading={useOperation('getEffect', { params: { effectId: id } })}>
      {(effect) => (
        <div className="grid gap-6">
          <PageHeader
            title={effect.action === 'messaging.send' ? 'Message' : effect.action}
            description={
              <>
                <Tag>{effect.provider}</Tag> <StatusPill status={effect.status} />{' '}
                <RelativeTime at={effect.createdAt} />
              </>
            }
            back={<Link href={paths.messages()}>Messages</Link>}
            actions={
              <>
                <Link href={paths.execution(effect.executionId)} className={buttonLook()}>
                  Open execution
                </Link>
                <Link
                  href={paths.usage({ executionId: effect.executionId })}
                  className={buttonLook()}
                >
                  Open usage
                </Link>
              </>
            }
          />
          <Card title="What was asked">
            <KeyValue facts={requestFacts(effect.request)} />
          </Card>
          <Card title="What the provider did">
            <KeyValue
              facts={{
                'Provider id': effect.externalId && (
                  <code className="font-mono text-xs">{effect.externalId}</code>
                ),
                Cost: effect.cost && <Money value={effect.cost} />,
                Step: effect.stepKey,
                Client: <ClientLink id={effect.clientId} />,
                Response: effect.response && <JsonView label="response" value={effect.response} />,
              }}
            />
          </Card>
        </div>
      )}
    </Loaded>
  );
}

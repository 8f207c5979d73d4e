'use client';
import { useAction, useOperation } from '@maxai/api-client/react';
import { Button, buttonLook } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { JsonView } from '@maxai/ui/code-block';
import { KeyValue } from '@maxai/ui/key-value';
import { Loaded, ProblemNotice } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { StatusPill, Tag } from '@maxai/ui/status-pill';
import { useToast } from '@maxai/ui/toast';
import Link from 'next/link';
import { useState } from 'react';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx';

export function FlowPage({ id }: { id: string }) {
  const [asking, setAsking] = useState<{ flowId: string } | null>(null);
  const toast = useToast();
  const change = useAction('setFlowStatus', (flow) => {
    setAsking(null);
    toast(`${flow.name} is ${flow.status}.`);
  });
  const params = { flowId: id };
  return (
    <Loaded reading={useOperation('getFlow', { params })}>
      {(flow) => (
        <div className="grid gap-6">
          <PageHeader
            title={flow.name}
            description={
              <>
                <StatusPill status={flow.status} /> version {flow.version}
              </>
            }
            back={<Link href={paths.flows()}>Flows</Link>}
            actions={
              <>
                <Link href={paths.executions({ flowId: id })} className={buttonLook()}>
                  Open executions
                </Link>
                {flow.status === 'active' ? (
                  <Button look="danger" onClick={() => setAsking(params)}>
                    Archive
                  </Button>
                ) : (
                  <Button
                    look="primary"
                    running={change.running}
                    onClick={() => change.run({ params, body: { status: 'active' } })}
                  >
                    Activate
                  </Button>
                )}
              </>
            }
          />
          {change.problem && !asking && <ProblemNotice problem={change.problem} />}
          <Card title="Trigger">
            <KeyValue
              facts={{
                Event: <Tag>{flow.document.trigger.event}</Tag>,
                Filter: flow.document.trigger.filter ? (
                  <code className="font-mono text-xs">{flow.document.trigger.filter}</code>
                ) : (
                  'every one'
                ),
                Client: <ClientLink id={flow.clientId} />,
                About: flow.document.description ?? null,
              }}
            />
          </Card>
          <Card title="Steps" flush>
            <ol className="divide-y divide-line">
              {flow.document.steps.map((step, index) => (
                <li key={step.key} className="grid gap-2 p-4">
                  <div className="flex flex-wrap items-center gap-2">
                    <span className="text-muted tabular-nums">{index + 1}</span>
                    <h3 className="font-medium">{step.key}</h3>
                    <Tag>{step.action}</Tag>
                    {step.when && (
                      <span className="text-[13px] text-muted">
                        only when <code className="font-mono text-xs">{step.when}</code>
                      </span>
                    )}
                  </div>
                  <JsonView label={`input of ${step.key}`} value={step.input} />
                </li>
              ))}
            </ol>
          </Card>
          <ConfirmDialog
            title={`Archive ${flow.name}?`}
            description="New events no longer start it. Executions that are running finish."
            confirm="Archive flow"
            subject={asking}
            action={change}
            onClose={() => setAsking(null)}
            onConfirm={(subject) => change.run({ params: subject, body: { status: 'archived' } })}
          />
        </div>
      )}
    </Loaded>
  );
}

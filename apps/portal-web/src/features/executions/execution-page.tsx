'use client';
import { useAction, useOperation, type RowOf } from '@maxai/api-client/react';
import type { AnswerOf } from '@maxai/api-client';
import { Button, buttonLook } from '@maxai/ui/button';
import { Card } from '@maxai/ui/card';
import { JsonView } from '@maxai/ui/code-block';
import { KeyValue } from '@maxai/ui/key-value';
import { Money } from '@maxai/ui/money';
import { Loaded, ProblemNotice } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import { describeDuration, RelativeTime } from '@maxai/ui/relative-time';
import { StatusPill } from '@maxai/ui/status-pill';
import { Timeline } from '@maxai/ui/timeline';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

type Execution = AnswerOf<'getExecution'>;
type Step = Execution['steps'][number];

function EffectLine({ effect }: { effect: RowOf<'listEffects'> }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-raised px-3 py-2 text-[13px]">
      <span className="font-medium">{effect.provider}</span>
      <code className="font-mono text-xs break-all text-muted">{effect.externalId}</code>
      {effect.cost && <Money value={effect.cost} />}
      <Link href={paths.effect(effect.id)} className={`${buttonLook({ size: 'small' })} ml-auto`}>
        {effect.action === 'messaging.send' ? 'Open message' : 'Open effect'}
      </Link>
    </div>
  );
}

function StepBody({ step, effects }: { step: Step; effects: Execution['effects'] }) {
  return (
    <>
      {step.error && <p className="text-bad">{step.error}</p>}
      {effects.map((effect) => (
        <EffectLine key={effect.id} effect={effect} />
      ))}
      {step.status !== 'skipped' && (
        <details>
          <summary className="w-fit cursor-pointer text-[13px] text-muted hover:text-ink">
            Input and output
          </summary>
          <div className="mt-2 grid gap-2 md:grid-cols-2">
            <JsonView label={`input of ${step.key}`} value={step.input} />
            <JsonView label={`output of ${step.key}`} value={step.output} />
          </div>
        </details>
      )}
    </>
  );
}

function timelineOf({ steps, effects }: Execution) {
  return steps.map((step) => ({
    key: step.id,
    title: step.key,
    status: step.status,
    note: [
      step.action,
      step.attempts > 1 && `${step.attempts} attempts`,
      step.finishedAt && describeDuration(step.startedAt, step.finishedAt),
    ]
      .filter(Boolean)
      .join(' · '),
    body: (
      <StepBody step={step} effects={effects.filter((effect) => effect.stepKey === step.key)} />
    ),
  }));
}

export function ExecutionPage({ id }: { id: string }) {
  const params = { executionId: id };
  const retry = useAction('retryExecution', () => undefined);
  const cancel = useAction('cancelExecution', () => undefined);
  const problem = retry.problem ?? cancel.problem;
  return (
    <Loaded reading={useOperation('getExecution', { params })}>
      {(execution) => (
        <div className="grid gap-6">
          <PageHeader
            title={execution.flowName}
            description={
              <>
                <StatusPill status={execution.status} /> version {execution.flowVersion} ·{' '}
                <RelativeTime at={execution.createdAt} />
              </>
            }
            back={<Link href={paths.executions()}>Executions</Link>}
            actions={
              <>
                <Link href={paths.event(execution.eventId)} className={buttonLook()}>
                  Open event
                </Link>
                <Link href={paths.usage({ executionId: id })} className={buttonLook()}>
                  Open usage
                </Link>
                {execution.status === 'failed' && (
                  <Button
                    look="primary"
                    running={retry.running}
                    onClick={() => retry.run({ params })}
                  >
                    Retry from the failed step
                  </Button>
                )}
                {execution.finishedAt === null && (
                  <Button
                    look="danger"
                    running={cancel.running}
                    onClick={() => cancel.run({ params })}
                  >
                    Cancel
                  </Button>
                )}
              </>
            }
          />
          {problem && <ProblemNotice problem={problem} />}
          {execution.failure && (
            <p role="alert" className="rounded-lg bg-bad-soft p-4 text-bad">
              Step <strong>{execution.failure.step}</strong> failed: {execution.failure.reason}
            </p>
          )}
          <Card title="Steps">
            <Timeline label="Steps" items={timelineOf(execution)} />
          </Card>
          <Card title="Facts">
            <KeyValue
              facts={{
                Flow: <Link href={paths.flow(execution.flowId)}>{execution.flowName}</Link>,
                Client: <ClientLink id={execution.clientId} />,
                Trigger: <Link href={paths.event(execution.eventId)}>{execution.eventType}</Link>,
                'Correlation id': (
                  <code className="font-mono text-xs">{execution.correlationId}</code>
                ),
              }}
            />
          </Card>
        </div>
      )}
    </Loaded>
  );
}

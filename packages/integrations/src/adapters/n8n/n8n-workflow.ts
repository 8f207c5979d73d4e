import type { WorkflowRunRequest } from '@maxai/contracts/workflows/workflow-run';
import { providerContext, requiredField, type AdapterConfig } from '../../adapter-config.ts';
import { callProvider } from '../../call-provider.ts';
import type { WorkflowPort } from '../../ports.ts';
import { workflowRunKey } from '../../webhooks/n8n-signature.ts';
import { signStandard } from '../../webhooks/standard-signature.ts';

/**
 * n8n behind `WorkflowPort`: a run is started at the workflow's production webhook. Needs `account.callbackUrl`,
 * `credentials.signingKey`, which n8n checks our requests with, and `credentials.webhookSecret`, which the keys of
 * the callbacks follow from and which n8n never learns.
 */
export function createN8nWorkflow(config: AdapterConfig): WorkflowPort {
  const callbackUrl = requiredField('n8n', config, 'account', 'callbackUrl');
  const signingKey = requiredField('n8n', config, 'credentials', 'signingKey');
  const webhookSecret = requiredField('n8n', config, 'credentials', 'webhookSecret');
  const context = providerContext('n8n', config);

  return {
    start: ({ runId, workflow, deadline, input }, options) =>
      callProvider(context, { ...options, repeatable: false }, async (fetch) => {
        const request: WorkflowRunRequest = {
          runId,
          deadline: deadline.toISOString(),
          callback: { url: callbackUrl, key: workflowRunKey(webhookSecret, runId) },
          input,
        };
        const body = JSON.stringify(request);
        const nowMs = context.clock.now().getTime();
        await fetch(`${config.baseUrl}/webhook/${encodeURIComponent(workflow)}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...signStandard({ id: runId, body, key: signingKey, nowMs }),
          },
          body,
        });
        return { externalId: runId, output: { runId }, usage: [] };
      }),
  };
}

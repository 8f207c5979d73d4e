import * as contract from '@maxai/contracts/http/prompt-svc';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { addPromptVersion } from '../prompt/add-prompt-version.ts';
import { createPrompt } from '../prompt/create-prompt.ts';
import { getPrompt, listPrompts, renderPrompt } from '../prompt/read-prompts.ts';
import { publishPrompt } from '../publication/publish-prompt.ts';

export function registerPrompts(app: App, ctx: Context): void {
  implement(app, contract.listPrompts, ({ identity, query }) => listPrompts(ctx, identity, query));
  implement(app, contract.createPrompt, ({ identity, body }) => createPrompt(ctx, identity, body));
  implement(app, contract.getPrompt, ({ identity, params }) =>
    getPrompt(ctx, identity, params.promptId),
  );
  implement(app, contract.addPromptVersion, ({ identity, params, body }) =>
    addPromptVersion(ctx, identity, params.promptId, body),
  );
  implement(app, contract.renderPrompt, ({ identity, params, body }) =>
    renderPrompt(ctx, identity, params.promptId, body),
  );
  implement(app, contract.publishPrompt, ({ identity, params, body }) =>
    publishPrompt(ctx, identity, params.promptId, body),
  );
}

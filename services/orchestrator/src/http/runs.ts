import * as contract from '@maxai/contracts/http/orchestrator';
import { implement, type App } from '@maxai/runtime/http';
import type { Context } from '../context.ts';
import { listDeadLetters } from '../dead-letter/list-dead-letters.ts';
import { replayDeadLetter } from '../dead-letter/replay-dead-letter.ts';
import { getEffect, listEffects } from '../effect/read-effects.ts';
import { getEvent, listEvents } from '../event/read-events.ts';
import { cancelExecution } from '../execution/cancel-execution.ts';
import { getExecution, listExecutions } from '../execution/read-executions.ts';
import { retryExecution } from '../execution/retry-execution.ts';
import { listQueues } from '../queue/list-queues.ts';

export function registerRuns(app: App, ctx: Context): void {
  implement(app, contract.listEvents, ({ identity, query }) =>
    listEvents(ctx, { identity, ...query }),
  );
  implement(app, contract.getEvent, ({ identity, params }) =>
    getEvent(ctx, { identity, ...params }),
  );
  implement(app, contract.listExecutions, ({ identity, query }) =>
    listExecutions(ctx, { identity, ...query }),
  );
  implement(app, contract.getExecution, ({ identity, params }) =>
    getExecution(ctx, { identity, ...params }),
  );
  implement(app, contract.cancelExecution, ({ identity, params }) =>
    cancelExecution(ctx, { identity, ...params }),
  );
  implement(app, contract.retryExecution, ({ identity, params }) =>
    retryExecution(ctx, { identity, ...params }),
  );
  implement(app, contract.listEffects, ({ identity, query }) =>
    listEffects(ctx, { identity, ...query }),
  );
  implement(app, contract.getEffect, ({ identity, params }) =>
    getEffect(ctx, { identity, ...params }),
  );
  implement(app, contract.listDeadLetters, ({ identity, query }) =>
    listDeadLetters(ctx, { identity, ...query }),
  );
  implement(app, contract.replayDeadLetter, ({ identity, params }) =>
    replayDeadLetter(ctx, { identity, ...params }),
  );
  implement(app, contract.listQueues, ({ identity }) => listQueues(ctx, { identity }));
}

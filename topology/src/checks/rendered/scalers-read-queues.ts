import type { RenderedCheck } from '../finding.ts';
import { objectPath, originFile, specOf } from './rendered-fields.ts';

type Scaler = {
  readonly triggers?: readonly {
    readonly type: string;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
};

/** The keys BullMQ keeps waiting jobs under. */
function keysOf(queue: string): string[] {
  return [`bull:${queue}:wait`, `bull:${queue}:prioritized`];
}

/** Every scaler watches a key that some process really fills: on any other it never scales and never says so. */
export const scalersReadQueues: RenderedCheck = ({ platform }, objects) => {
  const written = new Set(
    [...platform.services, ...platform.workers].flatMap(({ produces }) =>
      produces.flatMap((queue) => keysOf(queue)),
    ),
  );
  return objects
    .filter(({ object }) => object.kind === 'ScaledObject')
    .flatMap((rendered) =>
      (specOf<Scaler>(rendered.object).triggers ?? [])
        .filter(({ type }) => type.startsWith('redis'))
        .map(({ metadata }) => metadata['listName'] ?? metadata['stream'] ?? '')
        .filter((key) => !written.has(key))
        .map((key) => ({
          check: 'scalers-read-queues',
          file: originFile(rendered),
          declaration: objectPath(rendered.object),
          reason: `It scales on the key ${JSON.stringify(key)}, which no queue writes`,
          fix: `Use bull:<queue>:wait of a queue in a deploy.ts's produces: ${[...written].join(', ')}`,
        })),
    );
};

import { platformFile, type Check, type Finding } from './finding.ts';

/** Every queue is written, read, and lives where nothing is evicted. */
export const queuesFlow: Check = (platform) => {
  const backends = [...platform.services, ...platform.workers];
  const produced: ReadonlySet<string> = new Set(backends.flatMap(({ produces }) => produces));
  const consumed: ReadonlySet<string> = new Set(
    platform.workers.flatMap(({ consumes }) => consumes),
  );
  const findings: Finding[] = [];
  for (const [queue, instance] of Object.entries(platform.queues)) {
    const report = (reason: string, fix: string) =>
      findings.push({
        check: 'queues-flow',
        file: platformFile,
        declaration: `queue ${queue}`,
        reason,
        fix,
      });
    if (!produced.has(queue)) report('Nothing writes it', 'Add it to `produces` of a deploy.ts');
    if (!consumed.has(queue)) report('No worker reads it', 'Add it to `consumes` of a worker');
    for (const { name, redis } of platform.environments) {
      if (redis[instance].maxmemoryPolicy !== 'noeviction') {
        report(
          `In ${name} the ${instance} Redis evicts under pressure, which loses jobs`,
          'Place the queue on a Redis with maxmemory-policy noeviction',
        );
      }
    }
  }
  return findings;
};

import type { Platform } from '../model/index.ts';
import { completeEnvironments } from './complete-environments.ts';
import { declaredEdges } from './declared-edges.ts';
import type { Finding } from './finding.ts';
import { operable } from './operable.ts';
import { publicRoutes } from './public-routes.ts';
import { queuesFlow } from './queues-flow.ts';
import { secretsHaveReaders } from './secrets-have-readers.ts';
import { uniquePorts } from './unique-ports.ts';

const checks = [
  uniquePorts,
  declaredEdges,
  secretsHaveReaders,
  queuesFlow,
  publicRoutes,
  operable,
  completeEnvironments,
];

/** Everything that must hold of any platform; an empty list means it does. */
export function checkPlatform(platform: Platform): Finding[] {
  return checks.flatMap((check) => check(platform));
}

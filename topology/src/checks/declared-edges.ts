import type { Platform } from '../model/index.ts';
import { declarationOf } from '../render/kubernetes/object-names.ts';
import type { Check } from './finding.ts';

function reaches(platform: Platform, from: string, to: string, seen: Set<string>): boolean {
  if (seen.has(from)) return false;
  seen.add(from);
  const calls = platform.services.find(({ name }) => name === from)?.calls ?? [];
  return calls.some((callee) => callee === to || reaches(platform, callee, to, seen));
}

/** Every callee exists, and no service waits for itself through others. */
export const declaredEdges: Check = (platform) => {
  const names = platform.services.map(({ name }) => name);
  const missing = [...platform.services, ...platform.workers].flatMap(({ name, calls }) =>
    calls
      .filter((callee) => !names.includes(callee))
      .map((callee) => ({
        check: 'declared-edges',
        file: declarationOf(platform, name),
        declaration: `${name} calls ${callee}`,
        reason: `The platform has no service ${callee}`,
        fix: `Wire ${callee} in topology/src/platform.ts or drop the call from ${name}'s deploy.ts`,
      })),
  );
  const circular = names
    .filter((name) => reaches(platform, name, name, new Set()))
    .map((name) => ({
      check: 'declared-edges',
      file: declarationOf(platform, name),
      declaration: `${name} calls itself through others`,
      reason: 'Neither can start before the other is healthy, and one failure takes down both',
      fix: 'Turn one of the calls into a queue',
    }));
  return [...missing, ...circular];
};

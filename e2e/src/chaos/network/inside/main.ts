import { stateFolderOf } from '@maxai/ops/platform/environment';
import { allFaults } from '../faults.ts';
import type { Hosts } from '../hosts.ts';
import { startNetworkPlatform } from '../network-platform.ts';
import { runInside } from '../run-inside.ts';

type Given = {
  hosts: Hosts;
  port: number;
  rate: number;
  eachSeconds: number;
  drainSeconds: number;
};

// Only the run that made the hosts starts this, on the services' one, with an order it has just written.
const given = JSON.parse(process.argv[2] ?? '{}') as Given;
const platform = await startNetworkPlatform({
  ...given,
  state: stateFolderOf(process.env),
  report: (line) => console.error(line),
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void platform.close().finally(() => process.exit(130)));
}
const verdict = await runInside(platform, { ...given, faults: allFaults });
await platform.close();
console.log(JSON.stringify(verdict));

import type { Disturbance } from '../judge-run.ts';
import { setTimeout as wait } from 'node:timers/promises';
import { runProgram, type Link, type RunProgram } from './hosts.ts';

/** Something that is wrong with a link of the host this runs on. */
export type Fault = {
  readonly name: string;
  readonly link: Link;
  readonly begin: (run: RunProgram) => void;
  readonly end: (run: RunProgram) => void;
};

function onBothChains(link: Link, verb: '-A' | '-D', ...rule: readonly string[]) {
  return (run: RunProgram): void => {
    run('iptables', '-w', verb, 'OUTPUT', '-o', link, ...rule);
    run('iptables', '-w', verb, 'INPUT', '-i', link, ...rule);
  };
}

/** Every packet vanishes, and nobody is told. */
export function partition(link: Link): Fault {
  const rule = ['-j', 'DROP'];
  return {
    name: `no packet passes to ${link}`,
    link,
    begin: onBothChains(link, '-A', ...rule),
    end: onBothChains(link, '-D', ...rule),
  };
}

/** The host knows that it has no way there. */
export function linkDown(link: Link): Fault {
  return {
    name: `link to ${link} down`,
    link,
    begin: (run) => void run('ip', 'link', 'set', link, 'down'),
    end: (run) => void run('ip', 'link', 'set', link, 'up'),
  };
}

/** So many packets of a hundred vanish, each way. */
export function loss(link: Link, percent: number): Fault {
  const rule = [
    '-m',
    'statistic',
    '--mode',
    'random',
    '--probability',
    String(percent / 100),
    '-j',
    'DROP',
  ];
  return {
    name: `${percent} % of packets to and from ${link} lost`,
    link,
    begin: onBothChains(link, '-A', ...rule),
    end: onBothChains(link, '-D', ...rule),
  };
}

/** A narrow link with a queue: what does not fit waits up to 300 ms and is then dropped. */
export function slowLink(link: Link, rate: string): Fault {
  return {
    name: `link to ${link} at ${rate}`,
    link,
    begin: (run) =>
      void run(
        'tc',
        'qdisc',
        'add',
        'dev',
        link,
        'root',
        'tbf',
        'rate',
        rate,
        'burst',
        '16kb',
        'latency',
        '300ms',
      ),
    end: (run) => void run('tc', 'qdisc', 'del', 'dev', link, 'root'),
  };
}

export const allFaults: readonly Fault[] = [
  partition('data'),
  linkDown('data'),
  loss('data', 30),
  slowLink('data', '2mbit'),
  partition('providers'),
  loss('providers', 30),
];

export type FaultOrder = {
  readonly faults: readonly Fault[];
  readonly eachSeconds: number;
  /** Of undisturbed load after each. */
  readonly pauseSeconds: number;
  /** Resolves with true when the platform does its work again, with false when it does not within a minute. */
  readonly worksAgain: () => Promise<boolean>;
  readonly run?: RunProgram;
};

/** One fault after the other, each until the platform works again. */
export async function faultsInTurn(order: FaultOrder): Promise<Disturbance[]> {
  const { run = runProgram } = order;
  const disturbances: Disturbance[] = [];
  for (const { name, begin, end } of order.faults) {
    const beganAt = performance.now();
    begin(run);
    await wait(order.eachSeconds * 1000);
    end(run);
    const endedAt = performance.now();
    const works = await order.worksAgain();
    disturbances.push({
      name,
      lastedMs: Math.round(endedAt - beganAt),
      backAfterMs: works ? Math.round(performance.now() - endedAt) : null,
    });
    await wait(order.pauseSeconds * 1000);
  }
  return disturbances;
}

/** The part of the Compose Specification that is rendered. */
export type ComposeService = {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | Bind)[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly healthcheck?: Healthcheck;
  readonly networks: Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly user: string;
  readonly read_only: true;
  readonly tmpfs: readonly string[];
  readonly cap_drop: readonly ['ALL'];
  readonly security_opt: readonly ['no-new-privileges:true'];
  readonly mem_limit: string;
  readonly stop_grace_period?: string;
  readonly restart: 'unless-stopped' | 'no';
};

export type Bind = {
  readonly type: 'bind';
  readonly source: string;
  readonly target: string;
  readonly read_only: true;
  readonly bind: { readonly create_host_path: false };
};

type Condition = 'service_healthy' | 'service_completed_successfully';

/** Without a test of its own a container is asked what its image says. */
type Healthcheck = {
  readonly test?: readonly ['CMD', ...string[]];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
  readonly start_interval: string;
};

/** Asked often only while it starts: each question is a process of its own, and there are many containers. */
export const healthTiming = {
  interval: '15s',
  timeout: '3s',
  retries: 3,
  start_period: '60s',
  start_interval: '2s',
} as const;

/** What no container is without. `user` is numeric, so that the engine can tell it is not root. */
export function confined(user: string, memoryMib: number, scratch: readonly string[] = ['/tmp']) {
  return {
    user,
    read_only: true,
    tmpfs: scratch,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: `${memoryMib}m`,
  } as const;
}

/** The user of our images. */
export const ourUser = '10001:10001';

/** Nothing is published beyond this machine. */
export function loopbackPort(port: number, inside = port): string {
  return `127.0.0.1:${port}:${inside}`;
}

export function healthy(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { condition: 'service_healthy' as const }]));
}

export function completed(names: readonly string[]) {
  return Object.fromEntries(
    names.map((name) => [name, { condition: 'service_completed_successfully' as const }]),
  );
}

/** Beside the rendered file, or in the folder of secrets; a missing one is an error and not a new, empty folder. */
export function bind(source: string, target: string): Bind {
  return { type: 'bind', source, target, read_only: true, bind: { create_host_path: false } };
}

/** Where a container finds its secrets. */
export const secretsFolder = '/run/secrets/maxai';

/** The secrets of one container, from the folder that `maxai compose secrets` writes. */
export function secretsOf(name: string): Bind {
  return bind(`\${MAXAI_COMPOSE_SECRETS:-../../../.maxai/compose}/${name}`, secretsFolder);
}

/** An image of ours; the variables let somebody run another registry's and another version. */
export function ourImage(name: string): string {
  return `\${MAXAI_REGISTRY:-maxai}/${name}:\${MAXAI_RELEASE:-local}`;
}

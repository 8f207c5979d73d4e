import { developmentPlan } from '@maxai/topology/development-plan';
import type { LocalPlan } from '../../platform/local-plan.ts';
import type { Variables } from './fleet.ts';

/** The values of every secret, by name. */
export type SecretValues = Readonly<Record<string, string>>;

export type Epoch =
  /** As it was. */
  | 'before'
  /** As it was, but nobody believes the taken process's key. */
  | 'isolated'
  /** The new values; what was signed or encrypted with the old ones is still understood. */
  | 'overlap'
  /** The new values only. */
  | 'after';

/** The second name of a database role while both of its passwords must work. */
export function bridgeOf(role: string): string {
  return `${role}_rotation`;
}

type Jwks = { readonly keys: readonly { readonly kid: string; readonly x: string }[] };

const keysVariable = /_IDENTITY_PUBLIC_JWKS$/;

function keysOf(text: string): Jwks['keys'] {
  // Made by the topology, of this shape.
  return (JSON.parse(text) as Jwks).keys;
}

/** Where the platform's processes find things and what they know, with the values of an epoch. */
export function rotationEnvironments(given: {
  readonly plan: LocalPlan;
  readonly port: number;
  readonly old: SecretValues;
  readonly fresh: SecretValues;
  /** The process that was taken over. */
  readonly taken: string;
}): (epoch: Epoch, name: string) => Variables {
  const { plan, port, old, fresh, taken } = given;
  const plans = { old: planWith(port, old), fresh: planWith(port, fresh) };

  function variables(of: LocalPlan, name: string, values: SecretValues): Variables {
    const env = of.processes.find((process) => process.name === name)?.env ?? {};
    const withRedis = Object.entries(env).map(([key, value]) => {
      const instance = plan.redis.find((redis) => value === redisUrl(redis.port));
      const password = instance && values[`redis-${instance.name}-password`];
      return [key, password ? value.replace('redis://', `redis://:${password}@`) : value];
    });
    return Object.fromEntries(withRedis) as Variables;
  }

  function redisUrl(redisPort: number): string {
    return `redis://127.0.0.1:${redisPort}`;
  }

  function withoutTaken(env: Variables): Variables {
    return mapKeys(env, keysVariable, (text) =>
      JSON.stringify({ keys: keysOf(text).filter(({ kid }) => kid !== taken) }),
    );
  }

  function overlap(name: string): Variables {
    const before = withoutTaken(variables(plans.old, name, old));
    const after = variables(plans.fresh, name, fresh);
    const bothKeys = mapKeys(after, keysVariable, (text, key) =>
      JSON.stringify({ keys: [...keysOf(text), ...keysOf(String(before[key]))] }),
    );
    const bridged = mapKeys(bothKeys, /_DATABASE_URL$/, (url) =>
      url.replace(
        /^(postgres:\/\/)([^:]+)/,
        (_url, scheme: string, role: string) => `${scheme}${bridgeOf(role)}`,
      ),
    );
    return mapKeys(bridged, /^IAM_ENCRYPTION_KEY$/, (key) => `${key},${old['iam-encryption-key']}`);
  }

  return (epoch, name) => {
    if (epoch === 'overlap') return overlap(name);
    if (epoch === 'after') return variables(plans.fresh, name, fresh);
    const env = variables(plans.old, name, old);
    return epoch === 'isolated' ? withoutTaken(env) : env;
  };
}

function planWith(port: number, values: SecretValues): LocalPlan {
  return developmentPlan({
    portOffset: port - 8080,
    publicUrl: `http://localhost:${port}`,
    secret: (name) => String(values[name]),
  });
}

function mapKeys(
  env: Variables,
  pattern: RegExp,
  change: (value: string, key: string) => string,
): Variables {
  const changed = Object.entries(env).map(([key, value]) => [
    key,
    pattern.test(key) ? change(value, key) : value,
  ]);
  return Object.fromEntries(changed) as Variables;
}

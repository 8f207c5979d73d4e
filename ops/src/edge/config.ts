import { loadConfig, processSettings } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

const target = Type.String({ pattern: '^https?://[^/]+$', description: 'Origin of the target' });

const settings = Type.Object({
  ...processSettings,
  portalWebUrl: target,
  adminWebUrl: target,
  apiGatewayUrl: target,
  webhookIngressUrl: target,
  trafficFile: Type.Optional(
    Type.String({ description: 'Which share of the requests each version of a target gets' }),
  ),
  answerTimeoutMs: Type.Integer({ default: 30_000, description: 'Limit for a target to answer' }),
});

export type EdgeConfig = Static<typeof settings>;

export function loadEdgeConfig(env: Readonly<Record<string, string | undefined>>): EdgeConfig {
  return loadConfig('EDGE', settings, env);
}

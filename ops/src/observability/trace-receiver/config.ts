import { loadConfig } from '@maxai/runtime/config';
import { Type, type Static } from 'typebox';

const settings = Type.Object({
  port: Type.Integer({ minimum: 0, maximum: 65_535, description: 'Port to listen on' }),
  file: Type.String({ description: 'Where kept traces are appended, a request of OTLP a line' }),
});

export function readConfig(env: NodeJS.ProcessEnv): Static<typeof settings> {
  return loadConfig('TRACE_RECEIVER', settings, env);
}

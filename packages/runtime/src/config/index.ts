export { ConfigError, environmentVariable, loadConfig, processSettings } from './load-config.ts';

/** For those who read configuration beside the model and depend on nothing but it. */
export { parse as parseYaml } from 'yaml';

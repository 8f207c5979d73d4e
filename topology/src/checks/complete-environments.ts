import { environmentFile, type Check } from './finding.ts';

/** No environment leaves a setting or a provider without a value, and outside one machine all is HTTPS. */
export const completeEnvironments: Check = ({ environments }) => {
  const everyKey = Object.fromEntries(
    environments.flatMap(({ values }) => Object.keys(values).map((key) => [key, ''])),
  );
  return environments.flatMap((environment) => {
    const { name, publicUrl, values, providers } = environment;
    const file = environmentFile(environment);
    const empty = Object.entries({ publicUrl, ...everyKey, ...values, ...providers })
      .filter(([, text]) => text === '')
      .map(([key]) => ({
        check: 'complete-environments',
        file,
        declaration: `${name}.${key}`,
        reason: 'It has no value, so a process would refuse to start',
        fix: `Give ${key} a value in ${file}`,
      }));
    const insecure = Object.entries({ publicUrl, oidcIssuer: values.oidcIssuer, ...providers })
      .filter(([, url]) => name !== 'development' && url && !url.startsWith('https://'))
      .map(([key, url]) => ({
        check: 'complete-environments',
        file,
        declaration: `${name}.${key} = ${url}`,
        reason: 'Credentials would cross the network in the clear',
        fix: 'Use the https:// address',
      }));
    return [...empty, ...insecure];
  });
};

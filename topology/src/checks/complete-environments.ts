import type { Check } from './finding.ts';

/** No environment leaves a setting or a provider without a value, and outside one machine all is HTTPS. */
export const completeEnvironments: Check = (platform) =>
  platform.environments.flatMap((environment) => {
    const { name, publicUrl, values, providers } = environment;
    const empty = Object.entries({ ...values, ...providers })
      .filter(([, text]) => text === '')
      .map(([key]) => ({
        check: 'complete-environments',
        declaration: `${name}.${key}`,
        reason: 'It is empty, so a process would refuse to start',
        fix: `Give it a value in topology/src/environments/${name}.ts`,
      }));
    const insecure = Object.entries({ publicUrl, oidcIssuer: values.oidcIssuer, ...providers })
      .filter(([, url]) => name !== 'development' && !url.startsWith('https://') && url !== '')
      .map(([key, url]) => ({
        check: 'complete-environments',
        declaration: `${name}.${key} = ${url}`,
        reason: 'Credentials would cross the network in the clear',
        fix: 'Use the https:// address',
      }));
    return [...empty, ...insecure];
  });

import type { ProxiedCaller } from './egress-proxy.ts';

/** The key of a caller's allow-list in the ConfigMap, one host a line. */
export function allowListName(caller: string): string {
  return `${caller}.hosts`;
}

/**
 * Squid as a pure CONNECT proxy: a caller is known by the port it uses, which no other pod can reach, and gets
 * through to the hosts of its own list at 443. It opens no TLS, keeps no cache and writes nothing but logs to its output.
 */
export function squidSettings(callers: readonly ProxiedCaller[], folder: string): string {
  const general = [
    'visible_hostname egress-proxy',
    'pid_filename none',
    'coredump_dir none',
    'netdb_filename none',
    'pinger_enable off',
    'cache deny all',
    'cache_mem 8 MB',
    'max_filedescriptors 4096',
    'shutdown_lifetime 30 seconds',
    'connect_timeout 10 seconds',
    'forwarded_for delete',
    'cache_log /dev/stderr',
    'access_log stdio:/dev/stdout',
    'acl tls port 443',
  ];
  const each = callers.flatMap(({ backend: { name }, port }) => [
    `http_port ${port} name=${name}`,
    `acl from_${name} myportname ${name}`,
    `acl hosts_${name} dstdomain "${folder}/${allowListName(name)}"`,
    `http_access allow CONNECT tls from_${name} hosts_${name}`,
  ]);
  return [...general, ...each, 'http_access deny all', ''].join('\n');
}

/** What stands in the proxy's ConfigMap: its settings and every caller's hosts. */
export function squidFiles(
  callers: readonly ProxiedCaller[],
  folder: string,
): Record<string, string> {
  const lists = callers.map(({ backend, hosts }) => [
    allowListName(backend.name),
    hosts.map(({ host }) => `${host}\n`).join(''),
  ]);
  return { 'squid.conf': squidSettings(callers, folder), ...Object.fromEntries(lists) };
}

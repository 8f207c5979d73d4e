import { useOperation } from '@maxai/api-client/react';
import Link from 'next/link';
import { paths } from '../../paths.ts';

/** Names of the clients by id, as far as they are read; every list shares one answer. */
export function useClientNames(): ReadonlyMap<string, string> {
  const { data } = useOperation('listClients', { query: { limit: 200 } });
  return new Map(data?.items.map((client) => [client.id, client.name]));
}

/** A client by name; null is the agency itself. */
export function ClientLink({ id }: { id: string | null }) {
  const names = useClientNames();
  if (id === null) return <span className="text-muted">Agency-wide</span>;
  return <Link href={paths.client(id)}>{names.get(id) ?? id}</Link>;
}

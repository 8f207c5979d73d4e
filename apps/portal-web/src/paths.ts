/** Every address of the portal, and the few of the API a browser opens itself. */
type Filter = Readonly<Record<string, string | undefined>>;

function withFilter(path: string, filter: Filter = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) if (value) search.set(name, value);
  return search.size === 0 ? path : `${path}?${search}`;
}

export const paths = {
  overview: () => '/',
  signIn: (returnTo?: string) => withFilter('/sign-in', { returnTo }),
  login: (returnTo: string) => withFilter('/api/auth/login', { returnTo }),
  calls: () => '/calls',
  messages: () => '/messages',
  events: (filter?: { clientId?: string }) => withFilter('/events', filter),
  event: (id: string) => `/events/${id}`,
  delivery: (id: string) => `/deliveries/${id}`,
  executions: (filter?: { status?: string; clientId?: string; flowId?: string }) =>
    withFilter('/executions', filter),
  execution: (id: string) => `/executions/${id}`,
  effect: (id: string) => `/effects/${id}`,
  deadLetters: () => '/dead-letters',
  flows: () => '/flows',
  flow: (id: string) => `/flows/${id}`,
  prompts: () => '/prompts',
  newPrompt: () => '/prompts/new',
  prompt: (id: string) => `/prompts/${id}`,
  clients: () => '/clients',
  client: (id: string) => `/clients/${id}`,
  connections: () => '/connections',
  usage: (filter?: { clientId?: string; executionId?: string; eventId?: string }) =>
    withFilter('/usage', filter),
  billing: () => '/billing',
  invoice: (subscriptionId: string) => `/billing/${subscriptionId}`,
  team: () => '/team',
  apiKeys: () => '/api-keys',
  audit: () => '/audit',
};

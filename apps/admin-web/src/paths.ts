/** Every address of the console. Those under `basePath` are given to links without it. */
export const basePath = '/admin';

export const paths = {
  tenants: () => '/',
  health: () => '/services',
  queues: () => '/queues',
  /** Sign-in is the portal's; it comes back to where the visitor was. */
  signIn: (returnTo: string) => `/sign-in?${new URLSearchParams({ returnTo })}`,
  portal: () => '/',
};

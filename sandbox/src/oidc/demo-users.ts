export type DemoUser = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly emailVerified?: false;
};

/** The accounts that can sign in; their `sub` is stable across restarts. */
export const demoUsers: readonly DemoUser[] = [
  { id: 'sandbox-owner', email: 'owner@harbor.example', name: 'Olivia Owner' },
  { id: 'sandbox-viewer', email: 'viewer@harbor.example', name: 'Victor Viewer' },
  { id: 'sandbox-staff', email: 'staff@maxai.example', name: 'Sam Staff' },
  {
    id: 'sandbox-unverified',
    email: 'unverified@harbor.example',
    name: 'Una Unverified',
    emailVerified: false,
  },
];

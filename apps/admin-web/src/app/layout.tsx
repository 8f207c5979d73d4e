import { themeCookie, themeFrom } from '@maxai/ui/theme';
import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'MaxAI Admin', template: '%s · MaxAI Admin' },
  description: 'Console of the platform staff',
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const stored = await cookies();
  return (
    <html lang="en" data-theme={themeFrom(stored.get(themeCookie)?.value)}>
      <body>{children}</body>
    </html>
  );
}

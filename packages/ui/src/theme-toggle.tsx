'use client';
import { SunMoon } from 'lucide-react';
import { Button } from './button.tsx';

/** The cookie that keeps the choice, so that the server renders the right colours at once. */
export const themeCookie = 'maxai_theme';

/** The stored choice as a theme; anything else follows the system. */
export function themeFrom(cookie: string | undefined): 'light' | 'dark' | undefined {
  return cookie === 'light' || cookie === 'dark' ? cookie : undefined;
}

function toggle() {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const theme = (root.dataset['theme'] ?? system) === 'dark' ? 'light' : 'dark';
  root.dataset['theme'] = theme;
  document.cookie = `${themeCookie}=${theme}; path=/; max-age=31536000; samesite=lax`;
}

/** Switches between light and dark; until it is used, the system decides. */
export function ThemeToggle() {
  return (
    <Button look="quiet" size="square" aria-label="Switch between light and dark" onClick={toggle}>
      <SunMoon aria-hidden />
    </Button>
  );
}

'use client';
import { SunMoon } from 'lucide-react';
import { Button } from './button.tsx';
import { themeCookie } from './theme.tsx';

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

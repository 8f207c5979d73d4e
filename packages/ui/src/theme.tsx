/** The cookie that keeps the choice, so that the server renders the right colours at once. */
export const themeCookie = 'maxai_theme';

/** The stored choice as a theme; anything else follows the system. */
export function themeFrom(cookie: string | undefined): 'light' | 'dark' | undefined {
  return cookie === 'light' || cookie === 'dark' ? cookie : undefined;
}

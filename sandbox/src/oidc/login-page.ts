import type { DemoUser } from './demo-users.ts';

const style = `
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
  main { width: min(22rem, 90vw); display: grid; gap: 1rem; }
  form { display: grid; gap: .5rem; }
  input, button { font: inherit; padding: .6rem .75rem; border-radius: .5rem; border: 1px solid GrayText; }
  button { background: Highlight; color: HighlightText; border: 0; cursor: pointer; }
  [role=alert] { color: light-dark(#b00020, #ff8a80); }
  li { margin-block: .25rem; }`;

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** The sign-in page: an email field, a Continue button, and the accounts there are. */
export function renderLoginPage(input: {
  action: string;
  users: readonly DemoUser[];
  unknownEmail?: string;
}): string {
  const accounts = input.users
    .map(({ name, email }) => `<li>${escape(name)}: <code>${escape(email)}</code></li>`)
    .join('');
  const problem =
    input.unknownEmail === undefined
      ? ''
      : `<p role="alert" id="problem">There is no account ${escape(input.unknownEmail)}.</p>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in · Sandbox</title><style>${style}</style></head>
<body><main>
<h1>Sign in</h1>
<p>This is the development identity provider. No password is asked.</p>
${problem}
<form method="post" action="${escape(input.action)}">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus>
<button type="submit">Continue</button>
</form>
<section aria-labelledby="accounts"><h2 id="accounts">Demo accounts</h2><ul>${accounts}</ul></section>
</main></body></html>`;
}

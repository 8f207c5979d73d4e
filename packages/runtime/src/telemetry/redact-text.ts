const redacted = '[redacted]';

/** Escapes of JSON are matched first and kept, so that no replacement begins inside of one. */
const escape = String.raw`\\(?:u[\da-f]{4}|.)`;

/** A word begins here; an escape's last letter is no part of it. */
const start = String.raw`(?:\b|(?<=\\(?:u[\da-f]{4}|.)))`;

/** What looks like a secret whatever stands around it. Named groups are kept as they are. */
const secretPattern = new RegExp(
  [
    escape,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^"\\]|\\.)*?-----END [A-Z ]*PRIVATE KEY-----`,
    String.raw`(?<scheme>(?:Bearer|Basic) +)[\w.~+/=-]{8,}`,
    // JWTs; keys of the platform, Stripe, OpenRouter, HighLevel and Google; webhook secrets.
    String.raw`eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)*`,
    String.raw`(?:mxk_|whsec_|[sr]k_(?:live|test)_|sk-or-|sk-proj-|GOCSPX-|ya29\.)[\w+/=.-]{6,}`,
    start + String.raw`pit-[\w-]{6,}`,
    // Retell's keys begin like the ids of API keys, which are 26 characters long and may be seen.
    start + String.raw`key_(?![\da-hjkmnp-tv-z]{26}\b)\w{12,}`,
    String.raw`(?<account>:\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)`,
    String.raw`(?<parameter>(?:password|passwd|secret|client_secret|api_?key|signature|(?:access_|refresh_|id_)?token|code_verifier)=|[?&](?:code|state|key)=)[^\s&#,;"'\\]+`,
    String.raw`(?<phone>(?:\+|%2B)[1-9]\d{7,14}\b)`,
  ].join('|'),
  'gi',
);

const emailPattern = new RegExp(
  `${escape}|${String.raw`(?<email>[\w.%+-]{1,64}(?:@|%40)(?:[a-z\d-]+\.)+[a-z]{2,})`}`,
  'gi',
);

/** A card's number in text: a number of JSON stands behind a colon, a comma or a bracket, and is never one. */
const cardPattern = new RegExp(
  String.raw`(?:(?<![\w:,.[-])|(?<=\\(?:u[\da-f]{4}|.)))[3-6]\d{3}(?:(?:[ -]|%20)?\d{3,6}){2,4}(?!\w)`,
  'gi',
);

/** ISO 7812's check digit, which one number in ten has by chance. */
function isCard(number: string): boolean {
  const digits = number.replaceAll('%20', '').replaceAll(/\D/g, '');
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return digits.length >= 13 && digits.length <= 19 && sum % 10 === 0;
}

type Groups = Record<'scheme' | 'account' | 'parameter' | 'phone' | 'email', string | undefined>;

function replacement(match: string, ...rest: unknown[]): string {
  if (match.startsWith('\\')) return match;
  // The last argument of a replacer is its named groups; both patterns have some.
  const { scheme, account, parameter, phone, email } = rest.at(-1) as Groups;
  if (phone !== undefined) return '[phone]';
  if (email !== undefined) return '[email]';
  return `${scheme ?? account ?? parameter ?? ''}${redacted}`;
}

/**
 * A line of JSON, or plain text, without the secrets, phone numbers (E.164), e-mail addresses and card numbers in it,
 * wherever they stand, also as part of a URL: keys and tokens by their form, passwords by the URL or parameter that holds them. A line of JSON
 * stays one.
 */
export function redactText(line: string): string {
  const withoutSecrets = line
    .replaceAll(secretPattern, replacement)
    .replaceAll(cardPattern, (number) => (isCard(number) ? '[card]' : number));
  return withoutSecrets.includes('@') || withoutSecrets.includes('%40')
    ? withoutSecrets.replaceAll(emailPattern, replacement)
    : withoutSecrets;
}

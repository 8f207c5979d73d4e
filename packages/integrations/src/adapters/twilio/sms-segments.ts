const basicCharacters = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extendedCharacters = new Set('\f^{}\\[~]|€');

/** SMS segments of a text: GSM-7 (160, or 153 each when split) or, with any other character, UCS-2 (70, 67). */
export function countSegments(body: string): number {
  const characters = Array.from(body);
  const gsm = characters.every(
    (character) => basicCharacters.has(character) || extendedCharacters.has(character),
  );
  const extended = characters.filter((character) => extendedCharacters.has(character)).length;
  const units = gsm ? characters.length + extended : body.length;
  const [single, split] = gsm ? [160, 153] : [70, 67];
  return units <= single ? 1 : Math.ceil(units / split);
}

const gsm7 =
  /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà^{}\\[~\]|€]*$/;
const gsm7Extended = /[\^{}\\[~\]|€]/g;

/** How many segments Twilio bills: 160 GSM-7 characters (153 when split), 70 UCS-2 units (67). */
export function countSegments(body: string): number {
  const isGsm = gsm7.test(body);
  const length = isGsm ? body.length + (body.match(gsm7Extended) ?? []).length : body.length;
  const [single, split] = isGsm ? [160, 153] : [70, 67];
  return length <= single ? 1 : Math.ceil(length / split);
}

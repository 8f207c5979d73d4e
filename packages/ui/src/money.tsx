/** What goes over the wire: an exact decimal in the currency's unit. */
export type MoneyValue = { readonly currency: string; readonly amount: string };

/** `$1,234.50` or `−$0.000012`: every digit that is there, at least two after the point. */
export function formatMoney({ currency, amount }: MoneyValue): string {
  const sign = amount.startsWith('-') ? '−' : '';
  const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  const symbol = currency === 'USD' ? '$' : `${currency} `;
  return `${sign}${symbol}${grouped}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** An amount, never rounded. */
export function Money({ value }: { value: MoneyValue }) {
  return <span className="tabular-nums">{formatMoney(value)}</span>;
}

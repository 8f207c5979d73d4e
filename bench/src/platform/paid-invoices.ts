/** Makes paid invoices at the stand-in of Stripe, as an agency's billing would, and returns their ids. */
export async function makePaidInvoices(order: {
  readonly stripeUrl: string;
  readonly apiKey: string;
  readonly count: number;
}): Promise<string[]> {
  async function post(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(`${order.stripeUrl}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${order.apiKey}` },
      body: new URLSearchParams(fields),
    });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    // Everything that is created answers its own id.
    return ((await answer.json()) as { id: string }).id;
  }
  const ids: string[] = [];
  const customer = await post('/v1/customers', { email: 'owner@agency.example' });
  for (let made = 0; made < order.count; made += 1) {
    await post('/v1/invoiceitems', { customer, amount: '12000' });
    const id = await post('/v1/invoices', { customer });
    await post(`/v1/invoices/${id}/finalize`, {});
    await post(`/v1/invoices/${id}/pay`, {});
    ids.push(id);
  }
  return ids;
}

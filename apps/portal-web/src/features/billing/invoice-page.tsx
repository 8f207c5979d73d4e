'use client';
import { useOperation } from '@maxai/api-client/react';
import { buttonLook } from '@maxai/ui/button';
import { Card, Stat } from '@maxai/ui/card';
import { Money } from '@maxai/ui/money';
import { Loaded } from '@maxai/ui/notices';
import { PageHeader } from '@maxai/ui/page-header';
import Link from 'next/link';
import { paths } from '../../paths.ts';
import { ClientLink } from '../clients/client-link.tsx';

const day = (at: string) => at.slice(0, 10);

export function InvoicePage({ id }: { id: string }) {
  return (
    <Loaded reading={useOperation('previewInvoice', { params: { subscriptionId: id } })}>
      {(invoice) => (
        <div className="grid gap-6">
          <PageHeader
            title="Invoice preview"
            description={
              <>
                <ClientLink id={invoice.clientId} /> · {day(invoice.periodStart)} to{' '}
                {day(invoice.periodEnd)}
              </>
            }
            back={<Link href={paths.billing()}>Billing</Link>}
            actions={
              <Link href={paths.usage({ clientId: invoice.clientId })} className={buttonLook()}>
                Open usage
              </Link>
            }
          />
          <div className="grid gap-4 sm:grid-cols-3">
            <Stat label="Total">
              <Money value={invoice.total} />
            </Stat>
            <Stat label="Vendor cost">
              <Money value={invoice.vendorCost} />
            </Stat>
            <Stat label="Margin">
              <Money value={invoice.margin} />
            </Stat>
          </div>
          <Card title="Lines" flush>
            <div className="overflow-x-auto">
              <table className="w-full text-[13px]">
                <thead className="border-b border-line text-left text-muted">
                  <tr>
                    <th scope="col" className="px-4 py-2 font-medium">
                      Description
                    </th>
                    {['Quantity', 'Billable', 'Unit price', 'Amount', 'Vendor cost'].map((name) => (
                      <th key={name} scope="col" className="px-4 py-2 text-right font-medium">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody className="divide-y divide-line">
                  {invoice.lines.map((line) => (
                    <tr
                      key={line.description}
                      className="[&_td]:px-4 [&_td]:py-2.5 [&_td]:text-right"
                    >
                      <th scope="row" className="px-4 text-left font-normal">
                        {line.meter === null ? (
                          line.description
                        ) : (
                          <Link
                            href={paths.usage({ clientId: invoice.clientId })}
                            className="font-medium hover:text-accent hover:underline"
                          >
                            {line.description}
                          </Link>
                        )}
                      </th>
                      <td className="tabular-nums">{line.quantity.toLocaleString('en')}</td>
                      <td className="tabular-nums">{line.billable.toLocaleString('en')}</td>
                      <td>
                        <Money value={line.unitPrice} />
                      </td>
                      <td>
                        <Money value={line.amount} />
                      </td>
                      <td>
                        <Money value={line.vendorCost} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        </div>
      )}
    </Loaded>
  );
}

import { BillingPage } from '../../../features/billing/billing-page.tsx';

export const metadata = { title: 'Billing' };

export default BillingPage;

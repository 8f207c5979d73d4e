import { TenantList } from '../../features/tenants/tenant-list.tsx';

export const metadata = { title: 'Tenants' };

export default TenantList;

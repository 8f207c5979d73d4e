import { AuditList } from '../../../features/audit/audit-list.tsx';

export const metadata = { title: 'Audit' };

export default AuditList;

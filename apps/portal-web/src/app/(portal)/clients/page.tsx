import { ClientList } from '../../../features/clients/client-list.tsx';

export const metadata = { title: 'Clients' };

export default ClientList;

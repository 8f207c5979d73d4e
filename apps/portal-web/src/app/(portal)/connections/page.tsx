import { ConnectionList } from '../../../features/connections/connection-list.tsx';

export const metadata = { title: 'Connections' };

export default ConnectionList;

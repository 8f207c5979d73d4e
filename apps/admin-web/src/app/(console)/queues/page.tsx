import { QueueList } from '../../../features/queues/queue-list.tsx';

export const metadata = { title: 'Queues' };

export default QueueList;

import { CallList } from '../../../features/events/event-list.tsx';

export const metadata = { title: 'Calls' };

export default CallList;

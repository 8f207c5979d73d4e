import { MessageList } from '../../../features/events/message-list.tsx';

export const metadata = { title: 'Messages' };

export default MessageList;

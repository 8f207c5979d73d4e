import { ApiKeyPage } from '../../../features/api-keys/api-key-page.tsx';

export const metadata = { title: 'API keys' };

export default ApiKeyPage;

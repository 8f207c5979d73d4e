export { Frame as default } from '../../features/frame/frame.tsx';

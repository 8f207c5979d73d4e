import { renderCompose } from '@maxai/topology/render/compose/render-compose';
import type { Generator } from './generated-file.ts';

/** The platform for people with Docker. */
export const compose: Generator = () => [...renderCompose()];

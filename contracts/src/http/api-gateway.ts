import { Type } from 'typebox';
import { operation } from '../operation.ts';

export const ServiceHealth = Type.Object({
  service: Type.String(),
  status: Type.Union([
    Type.Literal('ok'),
    Type.Literal('failing'),
    Type.Literal('draining'),
    Type.Literal('unreachable'),
  ]),
  dependencies: Type.Array(Type.Object({ name: Type.String(), status: Type.String() })),
});

export const getPlatformHealth = operation({
  service: 'api-gateway',
  tag: 'Platform',
  id: 'getPlatformHealth',
  method: 'GET',
  path: '/api/admin/health',
  audience: 'platform:read',
  status: 200,
  summary: 'Health of every service behind the gateway',
  result: Type.Object({ items: Type.Array(ServiceHealth) }),
});

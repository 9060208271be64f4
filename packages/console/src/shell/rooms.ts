// The rooms: where they are, the second key that leads there, and who may go in.
import type { VNode } from 'preact';
import { Bell, Books, Flask, Flow, Gauge, Plug, Rows, Scales, Signed } from './icons.tsx';
import type { Role, Visitor } from './visitor.ts';

export type RoomFacts = {
  readonly path: string;
  readonly name: string;
  readonly Icon: () => VNode;
  /** After `g`. */
  readonly key: string;
  /** Else the operator alone. */
  readonly roles?: readonly Role[];
};

const WHO_READS: readonly Role[] = ['operator', 'admin', 'auditor'];

const ROOMS: readonly RoomFacts[] = [
  { path: '/', name: 'Overview', Icon: Gauge, key: 'o' },
  { path: '/sums', name: 'Sums', Icon: Gauge, key: 's', roles: ['admin', 'auditor', 'finance'] },
  { path: '/requests', name: 'Requests', Icon: Rows, key: 'r' },
  { path: '/endpoints', name: 'Endpoints', Icon: Plug, key: 'e', roles: WHO_READS },
  { path: '/data-flow', name: 'Data flow', Icon: Flow, key: 'd', roles: WHO_READS },
  { path: '/consents', name: 'Consents', Icon: Signed, key: 'c', roles: WHO_READS },
  { path: '/policies', name: 'Policies', Icon: Scales, key: 'p' },
  { path: '/playground', name: 'Playground', Icon: Flask, key: 'w' },
  { path: '/registry', name: 'Registry', Icon: Books, key: 'm' },
  { path: '/events', name: 'Events', Icon: Bell, key: 'v', roles: WHO_READS },
];

/** Where somebody starts. */
export const homeOf = ({ role }: Visitor): string =>
  role === 'operator' ? '/' : role === 'finance' ? '/sums' : '/data-flow';

export const roomsOf = ({ role }: Visitor): readonly RoomFacts[] =>
  ROOMS.filter(({ roles = ['operator'] }) => roles.includes(role));

/** A page of nowhere is for everybody. */
export const mayEnter = (visitor: Visitor, path: string): boolean =>
  roomsOf(visitor).some((one) => isIn(one, path)) || !ROOMS.some((one) => isIn(one, path));

export const isIn = (room: RoomFacts, path: string): boolean =>
  room.path === '/' ? path === '/' : path.startsWith(room.path);

// The rooms: where they are, the second key that leads there, and who may go in.
import type { VNode } from 'preact';
import { Books, Flask, Flow, Gauge, Plug, Rows, Scales, Signed } from './icons.tsx';
import type { Visitor } from './visitor.ts';

export type RoomFacts = {
  readonly path: string;
  readonly name: string;
  readonly Icon: () => VNode;
  /** After `g`. */
  readonly key: string;
  /** The admin of a tenant may go in, too. */
  readonly forTenants?: true;
};

const ROOMS: readonly RoomFacts[] = [
  { path: '/', name: 'Overview', Icon: Gauge, key: 'o' },
  { path: '/requests', name: 'Requests', Icon: Rows, key: 'r' },
  { path: '/endpoints', name: 'Endpoints', Icon: Plug, key: 'e', forTenants: true },
  { path: '/data-flow', name: 'Data flow', Icon: Flow, key: 'd', forTenants: true },
  { path: '/consents', name: 'Consents', Icon: Signed, key: 'c', forTenants: true },
  { path: '/policies', name: 'Policies', Icon: Scales, key: 'p' },
  { path: '/playground', name: 'Playground', Icon: Flask, key: 'w' },
  { path: '/registry', name: 'Registry', Icon: Books, key: 'm' },
];
/** Where the admin of a tenant starts. */
export const TENANTS_HOME = '/data-flow';

export const roomsOf = ({ tenant }: Visitor): readonly RoomFacts[] =>
  ROOMS.filter((one) => tenant === undefined || one.forTenants === true);

/** A page of nowhere is for everybody. */
export const mayEnter = (visitor: Visitor, path: string): boolean =>
  roomsOf(visitor).some((one) => isIn(one, path)) || !ROOMS.some((one) => isIn(one, path));

export const isIn = (room: RoomFacts, path: string): boolean =>
  room.path === '/' ? path === '/' : path.startsWith(room.path);

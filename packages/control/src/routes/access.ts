// Coming in and going out: links for others, and the end of a session.
import { yes } from '@signalbox/contract';
import { z } from 'zod';
import { type Door, LOGIN_LINK_MS } from '../door/door.ts';
import type { ControlOptions } from '../options.ts';
import { getRoute, NO_QUERY, type Route } from './route.ts';
import { isoTime, time } from './rows.ts';

export function accessRoutes({ clock }: ControlOptions, door: Door): readonly Route[] {
  return [
    getRoute({
      path: '/admin/v1/session',
      summary: 'Who asks: the operator, or a key of a tenant',
      query: NO_QUERY,
      answer: z.strictObject({
        tenant: z.string().nullable().describe('Whose key it is; null: the operator.'),
        name: z.string().describe('The name of the key, or `operator`.'),
        role: z.enum(['operator', 'admin', 'auditor', 'finance']),
      }),
      forAll: true,
      async serve(_query, _asked, { visitor: { tenant, name, role } }) {
        return yes({ status: 200, body: { tenant: tenant ?? null, name, role } });
      },
    }),
    {
      method: 'POST',
      path: '/admin/v1/login-links',
      summary: 'A link that opens the console once, within ten minutes',
      kind: 'json',
      forAll: true,
      status: 201,
      query: NO_QUERY,
      body: undefined,
      answer: z.strictObject({
        url: z.string().nullable().describe('Told once: null when the request is repeated.'),
        expires: time,
      }),
      async serve(_asked, { visitor }) {
        const expires = isoTime(clock.now() + LOGIN_LINK_MS);
        const body = { url: door.loginLink(visitor.key), expires };
        return yes({ status: 201, body, again: { url: null, expires } });
      },
    },
    {
      method: 'POST',
      path: '/admin/v1/logout',
      summary: 'End the session of the cookie that came along',
      kind: 'json',
      forAll: true,
      status: 200,
      query: NO_QUERY,
      body: undefined,
      answer: z.strictObject({ done: z.string() }),
      async serve(_asked, { head, own }) {
        const headers = ['set-cookie', door.leave(head, own)];
        return yes({ status: 200, body: { done: 'signed-out' }, headers });
      },
    },
  ];
}

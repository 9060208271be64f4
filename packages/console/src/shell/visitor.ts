// Who looks: the operator, or a key of a tenant, which sees what is of that tenant alone, as far as
// its role goes.
import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { tenantNames } from '../api/brought-shape.ts';
import { type Decode, maybe, object, text } from '../api/decode.ts';
import { type Asked, usePolled } from '../api/polled.ts';

export type Role = 'operator' | 'admin' | 'auditor' | 'finance';
const ROLES: readonly Role[] = ['operator', 'admin', 'auditor', 'finance'];

export type Visitor = {
  /** Undefined: the operator. */
  readonly tenant: string | undefined;
  readonly role: Role;
};

/** A role that this page does not know may least. */
const role: Decode<Role> = (value, path) =>
  ROLES.find((one) => one === text(value, path)) ?? 'finance';

export const visitor: Decode<Visitor> = object((read) => ({
  tenant: read('tenant', maybe(text)),
  role: read('role', role),
}));

export const Looking: Context<Visitor> = createContext<Visitor>({
  tenant: undefined,
  role: 'operator',
});

export const useVisitor = (): Visitor => useContext(Looking);

const own: Decode<readonly string[]> = object((read) => [read('tenant', text)]);

/** An auditor looks, and changes nothing. */
export function useMayChange(): boolean {
  const { role: own } = useVisitor();
  return own === 'operator' || own === 'admin';
}

/** Whose things may be shown: of all tenants, or of the one whose key was brought. */
export function useTenants(): Asked<readonly string[]> {
  const isOperator = useVisitor().tenant === undefined;
  return usePolled(isOperator ? 'tenants' : 'session', isOperator ? tenantNames : own, undefined);
}

// Who looks: the operator, or the admin of a tenant, who sees what is of that tenant alone.
import { type Context, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { tenantNames } from '../api/brought-shape.ts';
import { type Decode, maybe, object, text } from '../api/decode.ts';
import { type Asked, usePolled } from '../api/polled.ts';

export type Visitor = {
  /** Undefined: the operator. */
  readonly tenant: string | undefined;
};

export const visitor: Decode<Visitor> = object((read) => ({ tenant: read('tenant', maybe(text)) }));

export const Looking: Context<Visitor> = createContext<Visitor>({ tenant: undefined });

export const useVisitor = (): Visitor => useContext(Looking);

const own: Decode<readonly string[]> = object((read) => [read('tenant', text)]);

/** Whose things may be shown: of all tenants, or of the one whose key was brought. */
export function useTenants(): Asked<readonly string[]> {
  const isOperator = useVisitor().tenant === undefined;
  return usePolled(isOperator ? 'tenants' : 'session', isOperator ? tenantNames : own, undefined);
}

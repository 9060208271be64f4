// What there is to imagine with.
import type { Policy, TenantChoice } from '../api/policy-shape.ts';
import type { Status } from '../api/shapes.ts';

export type Known = {
  readonly tenants: readonly TenantChoice[];
  readonly policies: readonly Policy[];
  readonly status: Status | undefined;
};

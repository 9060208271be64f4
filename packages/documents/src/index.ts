export type * from './configuration.ts';
export type * from './endpoint.ts';
export type * from './origin.ts';
export type * from './policy.ts';
export type * from './pricing.ts';
export type * from './tenant.ts';

// What control reads of ended calls. The store answers these questions; a test answers them from
// memory. Each names whose rows it may see: a tenant's own, or EVERY_TENANT for the operator.
import type { Records } from '@signalbox/ports';

export type Readings = Pick<
  Records,
  'recentRequests' | 'requestByDecision' | 'overview' | 'flows' | 'subscribe'
>;

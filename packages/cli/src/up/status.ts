// How the server stands, put together for the console and the admin API.
import { endpointStatuses, modelStatuses, type StatusDocument } from '@signalbox/control';
import type { NodeParts } from '@signalbox/gateway';
import { VERSION } from '../version.ts';
import type { Documents } from './documents.ts';

export type StatusSources = {
  readonly documents: Documents;
  readonly node: NodeParts;
  readonly startedAt: number;
  readonly firstCall: string | undefined;
};

export function statusOf({ documents, node, startedAt, firstCall }: StatusSources): StatusDocument {
  const { inForce, problems } = documents;
  const { mode, reasons } = node.readiness();
  const { now, live } = node.house;
  const { catalog } = now();
  const endpoints = endpointStatuses(catalog, live.order, live.probes);
  return {
    mode,
    reasons,
    version: VERSION,
    node: inForce.configuration.node.name,
    startedAt,
    snapshot: {
      version: inForce.digest,
      since: inForce.since,
      files: inForce.files.map(({ name }) => name),
    },
    problems,
    journal: node.journal.health(),
    records: node.store.health(),
    endpoints,
    models: modelStatuses(catalog, endpoints),
    firstCall,
  };
}

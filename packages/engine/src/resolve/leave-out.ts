// A reason that is met after resolve, beside those that resolve found: recorded, and not replayed.
import { GATES, type Gate } from './gates.table.ts';
import type { Offer } from './offer.ts';
import type { Resolved } from './resolve.ts';

export function leaveOut({ route }: Resolved, { offering }: Offer, gate: Gate): void {
  const candidates = route.candidates.map((one) =>
    one.endpoint === offering.endpoint.name && one.model === offering.model
      ? { ...one, gates: one.gates | GATES[gate] }
      : one,
  );
  Object.assign(route, { candidates });
}

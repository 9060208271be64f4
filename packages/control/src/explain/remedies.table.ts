// What would open each gate, in words for the person who can. A gate that nobody should open says
// who decided it.
import type { Gate } from '@signalbox/engine';

export const REMEDIES: Readonly<Record<Gate, string>> = {
  entitledModel: 'add the model to the plan or to the key',
  entitledTier: 'add the tier to the plan or to the key',
  tier: "a lower label, a consent by the tenant's admin, or a model on a lower tier",
  residency: "an endpoint inside the tenant's residency, or a wider residency",
  retention: 'an endpoint that keeps nothing (`retention: zero`)',
  notOwn: 'name the endpoint under `own` of the tenant, or choose another topology',
  otherTenant: 'nothing: it is theirs alone',
  quarantined: '`signalbox endpoint activate NAME`, once its checks pass',
  quantised: 'a copy with more bits, or another `registry.quantisation_min`',
  disabled: '`signalbox endpoint enable NAME`',
  unavailable: 'give the endpoint a credential that can be read',
  operation: 'a model that can do this, or state its capabilities in the configuration',
  context: 'a shorter input, or a model with a longer context',
  down: 'wait until it answers again: it is tried by itself, and `signalbox endpoint show` says why',
  unpriced: 'state a price for the model under `prices`',
  notNeeded: 'name it in a chain, or ask for it by name',
  need: 'state the capability of the model, or drop the demand',
  tripped: 'wait until a call succeeds there again; one at a time is tried by itself',
  escalates: 'wait: one call in twenty tries it from a minute on; or lower `confidence_min`',
  paused: 'wait as long as it asks: it starts, or has too much to do',
  limited: 'wait as long as it asks, ask for a higher limit, or add a credential',
  stateUnknown: 'name the endpoint that holds the state, or send the earlier turns in the body',
  required: 'what the rule requires, or another rule; `signalbox policy explain` names it',
  forbidden: 'nothing below the scope of the rule that forbids it',
  tooDear: 'a smaller bound on output tokens, a stated price, or a higher `cap`',
};

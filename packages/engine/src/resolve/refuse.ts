// Words for "nowhere": the gate that stands nearest to a yes decides the code, so that the caller
// reads what would help.
import {
  type Clearance,
  type Dialect,
  type EndpointName,
  type Refusal,
  refusal,
} from '@signalbox/contract';
import { isPassed, kindsWith, wireOf } from '@signalbox/dialect';
import type { Classified } from '../classify/classify.ts';
import type { Field } from './field.ts';
import { GATES } from './gates.table.ts';
import { isEntitled, namesFiles } from './gates.ts';
import type { Need } from './need.ts';
import type { Candidate } from './offer.ts';
import { unsatisfied } from './unsatisfied.ts';

const ENTITLEMENT = GATES.entitledModel | GATES.entitledTier;
const IDLE = GATES.disabled | GATES.quarantined | GATES.unavailable;
const RULED = GATES.required | GATES.forbidden | GATES.tooDear;
const RULED_HINT =
  'The decision names them: ask a tenant admin, or try it with `signalbox policy explain`.';
const CLEARANCE = GATES.tier | GATES.residency | GATES.retention | GATES.notOwn | GATES.otherTenant;

export type Looked = { readonly field: Field; readonly need: Need | undefined };

export function refuseRoute(
  call: Classified,
  clearance: Clearance,
  { field, need }: Looked,
): Refusal {
  const all = field.candidates();
  const holder = call.held?.endpoint;
  // Where one endpoint holds the state, what stands in the way there is what would help.
  const holding = all.filter(({ offering }) => offering.endpoint.name === holder);
  const candidates = holding.length === 0 ? all : holding;
  const model = call.question.model.slice(0, 64);
  const passed = refusePassed(call, all);
  if (passed !== undefined) return passed;
  if (candidates.length === 0) {
    return refusal('no_eligible_route', `Nothing that this gateway knows serves \`${model}\`.`);
  }
  const only = (gates: number): boolean =>
    candidates.some((one) => (one.gates & gates) !== 0 && (one.gates & ~gates) === 0);
  if (holder === undefined && namesFiles(call.question) && only(GATES.stateUnknown)) {
    return unknownFile();
  }
  if (only(GATES.stateUnknown)) {
    const field = STATE_FIELDS[call.head.dialect];
    return holder === undefined ? unknownState(field) : heldElsewhere(holder, field);
  }
  if (only(ENTITLEMENT)) return notIncluded(call, candidates);
  if (only(RULED)) {
    const message = `The rules of a policy leave nothing that serves \`${model}\`.`;
    return refusal('policy_denied', message, { hint: RULED_HINT });
  }
  if (only(GATES.context)) {
    const tokens = call.question.inputTokensEstimate;
    const message = `About ${tokens} input tokens fit into no allowed model.`;
    return refusal('context_too_long', message);
  }
  if (only(GATES.residency)) return nowhereThere(model, clearance);
  const nobody = need === undefined ? undefined : unsatisfied(need, candidates);
  if (nobody !== undefined) return nobody;
  const idle = candidates.find((one) => one.gates !== 0 && (one.gates & ~IDLE) === 0);
  if (idle !== undefined) return notReady(model, idle);
  const barred = candidates.filter((one) => (one.gates & CLEARANCE) !== 0).length;
  const { label, ceiling } = clearance.terms;
  const { topology, name } = call.tenant;
  if (topology === 'sovereign' && barred > 0 && (label === 'public' || label === 'internal')) {
    const message =
      `\`${name}\` is sovereign, and nothing of its own on tier 1 or 2 ` + `serves \`${model}\`.`;
    return refusal('no_eligible_route', message, { hint: OWN_HINT });
  }
  const message =
    barred === 0
      ? `No endpoint that serves \`${model}\` can be used now (${candidates.length} looked at).`
      : `A call labelled \`${label}\` may go to tier ${ceiling} at most, ` +
        `and nothing there serves \`${model}\`.`;
  const isConsented = label === 'personal' || label === 'regulated';
  if (!isConsented || !only(GATES.tier)) return refusal('no_eligible_route', message);
  return refusal('no_eligible_route', message, { hint: CONSENT_HINT });
}

/** Plans, tenants and keys are the operator's: a tenant's admin cannot change them. */
function notIncluded(call: Classified, candidates: readonly Candidate[]): Refusal {
  const { tenant, key, question } = call;
  const name = tenant.name;
  const unbound = { tenant, key: { ...key, models: undefined, tiers: undefined } };
  const isByKey = candidates.some(
    ({ gates, offering, place }) =>
      (gates & ENTITLEMENT) !== 0 &&
      (gates & ~ENTITLEMENT) === 0 &&
      isEntitled(unbound, offering, place),
  );
  const plan = isByKey ? undefined : tenant.plan;
  const who = plan === undefined ? 'The key' : `The plan \`${plan.name}\``;
  const message = `${who} does not include \`${question.model.slice(0, 64)}\`.`;
  const deed =
    plan === undefined
      ? `make a key that does: \`signalbox key create NAME --tenant ${name}\``
      : `give \`${name}\` another plan: \`signalbox tenant set ${name} --plan NAME\``;
  return refusal('not_entitled', message, { hint: `The operator can ${deed}.` });
}

function nowhereThere(model: string, { terms }: Clearance): Refusal {
  const { residency = [] } = terms;
  const message =
    residency.length === 0
      ? 'The rules and the residency of this call have no region in common.'
      : `Nothing that serves \`${model}\` is known to stand in ${residency.join(' or ')}.`;
  const hint =
    'Add an endpoint there, or change `residency` or the rules that require regions: ' +
    '`signalbox policy explain` names them.';
  return refusal('no_eligible_route', message, { hint });
}

const OWN_HINT =
  'Name an endpoint that is its own under `own.endpoints` of the tenant; `signalbox explain` ' +
  'names every gate.';

const CONSENT_HINT =
  'Add an endpoint on an allowed tier, or name a consent of the tenant in `x-signalbox-consent`; ' +
  'its admin makes one.';

/** Nobody has the operation, or nobody here knows the object: 404, whatever else is in the way. */
function refusePassed(call: Classified, all: readonly Candidate[]): Refusal | undefined {
  const { dialect, operation } = call.head;
  if (!isPassed(operation)) return undefined;
  if (all.every(({ offering }) => offering.endpoint.lanes[dialect][operation] === undefined)) {
    const kinds = kindsWith(wireOf(dialect, operation), operation).join(', ');
    const message = `No endpoint that this call could mean has the operation \`${operation}\`.`;
    const hint = `Kinds that have it: ${kinds}. \`signalbox endpoint list\` shows yours.`;
    return refusal('route_unknown', message, { hint });
  }
  const isUnknown = all.every(({ gates }) => (gates & GATES.stateUnknown) !== 0);
  if (call.held?.endpoint !== undefined || !isUnknown) return undefined;
  const message = 'No file or batch of this tenant has that id.';
  return refusal('object_unknown', message, { param: 'id' });
}

/** Everything else would let it through: what is missing stands at the endpoint. */
function notReady(model: string, { offering }: Candidate): Refusal {
  const { name, enabled, quarantined, unavailable } = offering.endpoint;
  if (!enabled) {
    const hint = `\`signalbox endpoint enable ${name}\` switches it on.`;
    const message = `\`${name}\` serves \`${model}\` and is switched off.`;
    return refusal('no_eligible_route', message, { hint });
  }
  if (quarantined) {
    const hint = `\`signalbox endpoint activate ${name}\` lets calls go there, if its checks pass.`;
    const message = `\`${name}\` serves \`${model}\` and is quarantined.`;
    return refusal('no_eligible_route', message, { hint });
  }
  const message = `\`${name}\` serves \`${model}\` and cannot be used: ${unavailable}.`;
  const hint = `Set the secret that its document names; see \`signalbox endpoint show ${name}\`.`;
  return refusal('no_eligible_route', message, { hint });
}

function unknownFile(): Refusal {
  const message = 'The call names files, and they are not known to be this tenant’s in one place.';
  const hint = 'Upload it with `POST /v1/files`, or send what it holds in the body.';
  return refusal('object_unknown', message, { param: 'file_id', hint });
}

/** Where each dialect names what an upstream holds. */
const STATE_FIELDS: Readonly<Record<Dialect, string>> = {
  openai: 'previous_response_id',
  anthropic: 'container',
  gemini: 'cachedContent',
  ollama: 'context',
};

function heldElsewhere(holder: EndpointName, param: string): Refusal {
  const what = 'holds the state that the call refers to, and what the call names is not there';
  const message = `\`${holder}\` ${what}.`;
  const hint = 'Name a model that it serves, or send the earlier turns in the body.';
  return refusal('policy_denied', message, { param, hint });
}

function unknownState(param: string): Refusal {
  const message = `The endpoint that holds this \`${param}\` is not known here.`;
  const hint =
    'Name the endpoint: `model: "endpoint/model"`, or send the earlier turns in the body.';
  return refusal('policy_denied', message, { param, hint });
}

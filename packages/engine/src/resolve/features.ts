// What a plan includes beside chats, asked before any place is looked at: what is not included no
// score and no rule can give back.
import { type Operation, type Refusal, refusal } from '@signalbox/contract';
import { type Ask, askOf, wireOf } from '@signalbox/dialect';
import type { PlanFeature } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';
import type { OutputRules } from '../policy/policy.ts';
import type { TenantFacts } from '../tenant/tenant.ts';

/** Undefined: in every plan. */
const FEATURES: Readonly<Record<Operation, PlanFeature | undefined>> = {
  chat: undefined,
  completion: undefined,
  response: undefined,
  count: undefined,
  embedding: 'embeddings',
  moderation: 'moderations',
  image: 'images',
  'image-edit': 'images',
  'image-variation': 'images',
  speech: 'audio',
  transcription: 'audio',
  translation: 'audio',
  rerank: 'rerank',
  file: 'files',
  batch: 'batches',
};

export const OPERATIONS: readonly Operation[] = Object.keys(FEATURES).filter(
  (one): one is Operation => one in FEATURES,
);

/** Undefined: the plan includes all that the call needs. */
export function withoutFeature(call: Classified): Refusal | undefined {
  const { tenant, head, question } = call;
  const { plan, name } = tenant;
  if (plan?.features === undefined) return undefined;
  const { features } = plan;
  const needed: readonly (PlanFeature | undefined)[] = [
    FEATURES[head.operation],
    question.toolsOffered ? 'tools' : undefined,
    question.stream ? 'streaming' : undefined,
    ...MEDIA.filter((medium) => !features.includes(medium) && showsMedia(call, medium)),
  ];
  for (const feature of needed) {
    if (feature === undefined || features.includes(feature)) continue;
    const message = `The plan \`${plan.name}\` does not include \`${feature}\`.`;
    const hint =
      `The operator can add it to \`plans.${plan.name}.features\`, or give \`${name}\` another ` +
      `plan: \`signalbox tenant set ${name} --plan NAME\`.`;
    return refusal('not_entitled', message, { hint });
  }
  return undefined;
}

type Part = Ask['turns'][number]['parts'][number];
/** What a chat may hold beside texts; the feature that makes it includes showing it. */
type MediaFeature = Extract<PlanFeature, 'images' | 'audio'>;
const MEDIA: readonly MediaFeature[] = ['images', 'audio'];
const MEDIUM = { images: 'image', audio: 'audio' } as const;

/** Whether a call shows what its plan leaves out is told by its content alone. */
export const asksContent = ({ plan }: Pick<TenantFacts, 'plan'>): boolean =>
  plan?.features !== undefined && MEDIA.some((medium) => plan.features?.includes(medium) === false);

/** A chat that nobody here can take apart may show anything. */
function showsMedia({ head, question }: Classified, feature: MediaFeature): boolean {
  const { dialect, operation } = head;
  if (FEATURES[operation] !== undefined || !question.unreadableParts) return false;
  const ask = askOf(question, { caller: wireOf(dialect, operation), operation });
  if (!ask.ok) return true;
  const isIt = (part: Part): boolean => {
    if (part.kind === 'result') return part.parts.some(isIt);
    if (part.kind === 'opaque') return JSON.stringify(part.value).includes(MEDIUM[feature]);
    return part.kind === 'media' && part.medium === MEDIUM[feature];
  };
  return ask.value.turns.some(({ parts }) => parts.some(isIt));
}

/** The answers of a batch go by in a file: nobody could hold them to what rules say of tools. */
export function unruledBatch(
  call: Classified,
  output: OutputRules | undefined,
): Refusal | undefined {
  if (call.head.operation !== 'batch' || call.question.passing?.works !== true) return undefined;
  if (output?.tools === undefined) return undefined;
  const message = 'Rules about tools hold for this call, and nobody reads the calls of a batch.';
  return refusal('policy_denied', message, { hint: UNRULED_HINT });
}

const UNRULED_HINT =
  'Send its requests one by one, or except batches from the rule: `call.operation != "batch"`.';

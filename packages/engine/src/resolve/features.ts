// What a plan includes beside chats, asked before any place is looked at: what is not included no
// score and no rule can give back.
import { type Operation, type Refusal, refusal } from '@signalbox/contract';
import type { PlanFeature } from '@signalbox/documents';
import type { Classified } from '../classify/classify.ts';

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
export function withoutFeature({ tenant, head, question }: Classified): Refusal | undefined {
  const { plan, name } = tenant;
  if (plan?.features === undefined) return undefined;
  const needed: readonly (PlanFeature | undefined)[] = [
    FEATURES[head.operation],
    question.toolsOffered ? 'tools' : undefined,
    question.stream ? 'streaming' : undefined,
  ];
  for (const feature of needed) {
    if (feature === undefined || plan.features.includes(feature)) continue;
    const message = `The plan \`${plan.name}\` does not include \`${feature}\`.`;
    const hint =
      `The operator can add it to \`plans.${plan.name}.features\`, or give \`${name}\` another ` +
      `plan: \`signalbox tenant set ${name} --plan NAME\`.`;
    return refusal('not_entitled', message, { hint });
  }
  return undefined;
}

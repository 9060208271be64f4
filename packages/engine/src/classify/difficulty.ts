// How hard a call is, which says on which tier it begins: after a result of a tool, where the step
// before was done; what a promoted router learned of such steps; what such steps usually need; else
// length and a short list of words. What failed for calls like it is passed over, and a tenant has
// no more strong calls than its share.
import type { CallMode, Difficulty, Label, RecordedRouting, RoutedBy } from '@signalbox/contract';
import type { Joined } from '../session/session.ts';
import type { Step } from '../session/step.ts';
import type { StrongShares } from '../tenant/strong-share.ts';
import type { Decisions } from './decisions.ts';
import { EASY_WORDS, HARD_WORDS } from './difficulty.table.ts';
import type { Routers, RoutingRules } from './route/routers.ts';

export type Judged = {
  readonly difficulty: Difficulty;
  readonly routed: RecordedRouting | undefined;
};

/** About as much as is read of an instruction. */
const HARD_CHARACTERS = 4_000;
/** A greeting or a short question. */
const SHORT_WORDS = 12;

/** What was learned, and how it is to be used. */
export type RoutingSource = {
  readonly live: {
    readonly routers: Routers;
    readonly decisions: Decisions;
    readonly shares: StrongShares;
  };
  readonly now: () => { readonly routing: RoutingRules; readonly version: string };
};

/** @param label of the call: what came of others like it is known of some labels alone. */
export function judgeDifficulty(joined: Joined, label: Label, learned?: RoutingSource): Judged {
  const judged = judgedBefore(joined, label, learned);
  const { routed, difficulty } = judged;
  if (learned === undefined || routed === undefined) return judged;
  const closed = learned.live.shares.closed(joined.tenant, routed.by === 'session');
  if (closed === undefined) return judged;
  if (difficulty !== 'hard') return { difficulty, routed: { ...routed, closed } };
  return { difficulty: 'middle', routed: { ...routed, closed, lowered: difficulty } };
}

/** From what came of calls like it. */
function judgedBefore(joined: Joined, label: Label, learned: RoutingSource | undefined): Judged {
  const judged = inMode(judgedAlone(joined, learned), joined.head.mode);
  const { routed, difficulty } = judged;
  const { stepSeen } = joined;
  if (learned === undefined || stepSeen === undefined || routed === undefined) return judged;
  // Nothing is above hard work, and a session's model is not left in the middle of a step.
  if (difficulty === 'hard' || routed.by === 'session') return judged;
  const { version } = learned.now();
  const alike = { id: joined.id, tenant: joined.tenant.name, version, label, step: stepSeen };
  const cache = learned.live.decisions.look(alike);
  return cache === undefined ? judged : { difficulty, routed: { ...routed, cache } };
}

/**
 * Whoever waits has the instant answer first where nothing speaks for more; where nobody waits, the
 * best one; what is shown as it comes stays where tokens come evenly. A step that is known to be
 * easy is no better for waiting, and a session's model is not left in the middle of a step.
 */
function inMode({ difficulty, routed }: Judged, mode: CallMode | undefined): Judged {
  const judged = { difficulty, routed };
  if (mode === undefined || routed === undefined || routed.by === 'session') return judged;
  const moved = MOVED[mode](difficulty, routed.by === 'words');
  return moved === difficulty ? judged : { difficulty: moved, routed: { ...routed, by: 'mode' } };
}

type Moving = (difficulty: Difficulty, isGuess: boolean) => Difficulty;
const MOVED: Readonly<Record<CallMode, Moving>> = {
  interactive: (difficulty, isGuess) => (isGuess && difficulty === 'middle' ? 'easy' : difficulty),
  background: (difficulty, isGuess) => (isGuess ? 'hard' : difficulty),
  streaming: (difficulty) => (difficulty === 'hard' ? 'middle' : difficulty),
};

function judgedAlone(joined: Joined, learned: RoutingSource | undefined): Judged {
  const { usual, stepSeen } = joined;
  if (stepSeen === undefined) return { difficulty: usual ?? 'middle', routed: undefined };
  const { usual: ofStep, goesOn, class: step, instruction: text } = stepSeen;
  // Results of tools are read by the model that asked for them.
  if (goesOn && ofStep !== undefined) return { difficulty: ofStep, routed: BY.session };
  const asked = { tenant: joined.tenant, step, text, usual: ofStep };
  const said = learned?.live.routers.ask(asked, learned.now().routing);
  if (said?.difficulty !== undefined) {
    const { difficulty, ...told } = said;
    return { difficulty, routed: { by: 'learned', ...told } };
  }
  const by = ofStep === undefined ? BY.words : BY.step;
  const difficulty = ofStep ?? byThumb(stepSeen);
  if (said === undefined) return { difficulty, routed: by };
  const { router, abstained = 'no-labels' } = said;
  return { difficulty, routed: { ...by, router, abstained } };
}

/** The same for every call. */
const BY: Readonly<Record<RoutedBy, RecordedRouting>> = {
  learned: { by: 'learned' },
  step: { by: 'step' },
  session: { by: 'session' },
  words: { by: 'words' },
  mode: { by: 'mode' },
};

/** Of the tenant's own words: a long result of a tool makes no call harder. */
function byThumb({ instruction }: Step): Difficulty {
  if (instruction.length >= HARD_CHARACTERS) return 'hard';
  const words = instruction.toLowerCase().match(/\p{L}+/gu) ?? [];
  if (words.some((word) => HARD_WORDS.has(word))) return 'hard';
  if (words.some((word) => EASY_WORDS.has(word))) return 'easy';
  return words.length <= SHORT_WORDS ? 'easy' : 'middle';
}

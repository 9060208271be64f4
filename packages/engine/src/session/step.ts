// Which kind of step a call is, and how that is known; by the most trusted sign there is: what the
// caller told, what callers told of the same node before, how the request is built, words of the
// last instruction, where in the conversation it stands. Only calls of the model `auto` are looked
// at: whoever names a model has decided.
import type {
  Anatomy,
  Difficulty,
  Keys,
  Question,
  SessionId,
  StepClass,
  StepSource,
} from '@signalbox/contract';
import type { Admitted } from '../tenant/tenant.ts';
import { ownWords } from './instruction.ts';
import type { Served, StepMemory } from './step-memory.ts';
import { CLASS_OF_WORD, CLASS_SAID, PRIORS } from './steps.table.ts';

export type Step = {
  /** Undefined: nothing tells. */
  readonly class: StepClass | undefined;
  readonly source: StepSource;
  /** Keyed hash of what the node always sends; undefined: of a request that is no chat. */
  readonly node: string | undefined;
  /** What such steps usually need; after a result of a tool, what the step before it did. */
  readonly usual: Difficulty | undefined;
  /** It goes on where the step before it was done. */
  readonly goesOn: boolean;
  /** The last words of the caller, without what they quote. */
  readonly instruction: string;
  /** Who answered its session last. */
  readonly before?: Served | undefined;
};

export type Told = { readonly step: string | undefined; readonly stepSource: StepSource };
type Asking = Admitted & Told & { readonly question: Question; readonly session: SessionId };

const AUTO = 'auto';

/** Also under a name that the tenant has for it. */
export const isAuto = ({ question, tenant }: Pick<Asking, 'question' | 'tenant'>): boolean =>
  question.model === AUTO || tenant.models?.rename.get(question.model) === AUTO;

const NODE_BYTES = 12;

export function stepOf(joined: Asking, memory: StepMemory, keys: Keys): Step {
  const { tenant, question, session, step, stepSource } = joined;
  const anatomy = question.anatomy?.();
  const node =
    anatomy === undefined ? undefined : keys.digest('step', anatomy.identity, NODE_BYTES);
  const instruction = ownWords(question.lastInstruction());
  const told = classOfWord(step);
  const known = node === undefined ? undefined : memory.classOf(tenant.name, node);
  const found: Guessed =
    told !== undefined
      ? { class: told, source: stepSource }
      : known !== undefined
        ? { class: known, source: 'identity' }
        : guessed(joined, anatomy, instruction);
  const goesOn = found.class !== undefined && PRIORS[found.class] === 'held';
  const usual = goesOn ? memory.lastOf(tenant.name, session) : usualOf(found.class);
  const before = memory.servedOf(tenant.name, session);
  return { ...found, node, usual, goesOn, instruction, before };
}

/** The class of a step that a caller told; undefined: nobody knows it. */
export const classOfWord = (step: string | undefined): StepClass | undefined =>
  step === undefined ? undefined : CLASS_OF_WORD.get(step.toLowerCase());

/** By the caller; else it was read from the call, or from calls before it. */
export const isTold = (source: StepSource): boolean =>
  source === 'header' || source === 'metadata' || source === 'telemetry';

/** What a step of that class usually needs. */
export function usualOf(step: StepClass | undefined): Difficulty | undefined {
  const prior = step === undefined ? 'held' : PRIORS[step];
  if (prior === 'held') return undefined;
  return prior === 'low' ? 'easy' : 'hard';
}

type Guessed = Pick<Step, 'class' | 'source'>;

function guessed(
  { question, head }: Asking,
  anatomy: Anatomy | undefined,
  instruction: string,
): Guessed {
  const built = head.operation === 'embedding' ? 'embed' : anatomy && builtAs(anatomy);
  if (built !== undefined) return { class: built, source: 'structure' };
  const said = saidIn(instruction);
  if (said !== undefined) return { class: said, source: 'words' };
  if (anatomy === undefined) return UNKNOWN;
  // Tools are offered in every turn of an agent: what the instruction says goes before that.
  if (question.toolsOffered && anatomy.last === 'user') {
    return { class: 'tool_select', source: 'structure' };
  }
  if (!question.toolsOffered && anatomy.toolResults >= OBSERVED_MIN) {
    return { class: 'synthesise', source: 'position' };
  }
  return UNKNOWN;
}

const UNKNOWN: Guessed = { class: undefined, source: 'none' };

/** Whoever takes the tools away after so many results wants them put together. */
const OBSERVED_MIN = 3;

/** What leaves no doubt. */
function builtAs({ last, format, toolForced }: Anatomy): StepClass | undefined {
  if (last === 'tool') return 'tool_result_digest';
  if (format === 'choice') return 'classify';
  if (format === 'schema' || format === 'json') return 'extract';
  return toolForced ? 'tool_select' : undefined;
}

const WORD = /\p{L}+/gu;
/** Words at the beginning count twice: there stands what is to be done. */
const FIRST_WORDS = 12;
const WORDS_MAX = 400;

/** The class of most words; undefined: no word tells, or as many tell another. */
function saidIn(instruction: string): StepClass | undefined {
  const times = new Map<StepClass, number>();
  let at = 0;
  for (const [word] of instruction.matchAll(WORD)) {
    const step = CLASS_SAID.get(word.toLowerCase());
    if (step !== undefined) times.set(step, (times.get(step) ?? 0) + (at < FIRST_WORDS ? 2 : 1));
    at += 1;
    if (at === WORDS_MAX) break;
  }
  let best: StepClass | undefined;
  let most = 0;
  for (const [step, count] of times) {
    if (count === most) best = undefined;
    if (count <= most) continue;
    best = step;
    most = count;
  }
  return best;
}

// One GGUF file in memory: its name, its sequences, and what the rest needs to know of it.
//
// The engine takes as many threads as the machine has cores, and at least four. Its threads wait
// for each other by spinning, so on a machine that also does something else this is not a little
// slower but hundreds of times: five short answers took 21 ms with one thread and 8,900 ms with
// four on two busy cores. The parent therefore says how many, and leaves a core to itself.
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { EmbeddedFault } from '../fault.ts';
import type { StartMessage } from '../messages.ts';
import type {
  EmbeddingContext,
  Grammar,
  GrammarState,
  Llama,
  Model,
  Sequence,
  TemplateMaker,
  Token,
} from './engine.ts';
import { findEngine } from './find-engine.ts';
import { isObject, isText } from './json.ts';
import { type Fencing, fencingFor } from './special-marks.ts';
import { type Steps, stepsOf } from './steps.ts';

const BATCH_TOKENS = 512;
/** An embedding reads its text in one batch, so this bounds the text too. */
const EMBEDDING_TOKENS_MAX = 2_048;
const MAGIC = 'GGUF';
const ID_LENGTH_MAX = 100;

export type ChatTemplate = {
  readonly render: (items: Readonly<Record<string, unknown>>) => string;
  /** Whether the model was taught to call tools by this mark. */
  readonly knows: (mark: string) => boolean;
};

export type LoadedModel = {
  readonly id: string;
  readonly model: Model;
  /** Of one sequence: what a prompt and its answer share. */
  readonly contextTokens: number;
  readonly sequences: readonly Sequence[];
  /** Undefined when the file has none that can be read: a base model, most often. */
  readonly chat: ChatTemplate | undefined;
  readonly fencing: Fencing;
  /** What the engine is at; every wait for it is one. */
  readonly steps: Steps;
  readonly grammar: (text: string) => Promise<Grammar>;
  readonly grammarState: (grammar: Grammar) => GrammarState;
  readonly embeddingTokensMax: number;
  /** Made at the first call, since most models are never asked. */
  readonly embeddings: () => Promise<EmbeddingContext>;
};

export async function loadModel(start: StartMessage): Promise<LoadedModel> {
  await checkFile(start.modelPath);
  const { engine, Template } = await findEngine(start.enginePaths);
  const llama = await startEngine(() =>
    engine.getLlama({
      // The binary for Apple's processors has Metal inside and no other way to compute.
      gpu: process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false,
      build: 'never',
      logLevel: 'error',
      maxThreads: start.threads,
      progressLogs: false,
    }),
  );
  const model = await readModel(llama, start.modelPath);
  const contextTokensMax = Math.min(start.contextTokensMax, model.trainContextSize);
  const sequences = await openSequences(model, start.slots, contextTokensMax);
  const [first] = sequences;
  if (first === undefined) throw new EmbeddedFault('start_failed', 'a model needs a slot');
  const contextTokens = Math.min(contextTokensMax, first.contextSize);
  const embeddingTokensMax = Math.min(contextTokensMax, EMBEDDING_TOKENS_MAX);
  const steps = stepsOf(start.stepMsMax, () => performance.now());
  let embeddings: Promise<EmbeddingContext> | undefined;
  return {
    id: idOf(model, start.modelPath),
    model,
    contextTokens,
    sequences,
    chat: chatTemplateOf(model, Template),
    fencing: fencingFor(specialTexts(model)),
    steps,
    grammar: (text) => steps.during(llama.createGrammar({ grammar: text })),
    grammarState: (grammar) => new engine.LlamaGrammarEvaluationState({ model, grammar }),
    embeddingTokensMax,
    embeddings() {
      embeddings ??= model.createEmbeddingContext({
        contextSize: { max: embeddingTokensMax },
        batchSize: embeddingTokensMax,
      });
      return embeddings;
    },
  };
}

/** The commonest mistakes are told apart before the engine is even loaded. */
async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new EmbeddedFault('model_missing', `${path} is not there`);
  if (!found.isFile()) throw new EmbeddedFault('model_missing', `${path} is not a file`);
  const file = await open(path).catch(() => undefined);
  if (file === undefined) throw new EmbeddedFault('model_missing', `${path} cannot be read`);
  try {
    const { buffer } = await file.read({ buffer: Buffer.alloc(MAGIC.length), position: 0 });
    if (buffer.toString('latin1') !== MAGIC) {
      throw new EmbeddedFault('model_corrupted', `${path} does not begin as a GGUF file does`);
    }
  } finally {
    await file.close();
  }
}

async function startEngine(start: () => Promise<Llama>): Promise<Llama> {
  try {
    return await start();
  } catch (cause) {
    throw new EmbeddedFault('engine_unusable', `the engine does not start: ${messageOf(cause)}`);
  }
}

async function readModel(llama: Llama, modelPath: string): Promise<Model> {
  try {
    return await llama.loadModel({ modelPath });
  } catch (cause) {
    const code = isMemory(cause) ? 'memory_insufficient' : 'model_corrupted';
    throw new EmbeddedFault(code, `${modelPath} cannot be loaded: ${messageOf(cause)}`);
  }
}

async function openSequences(
  model: Model,
  slots: number,
  contextTokensMax: number,
): Promise<readonly Sequence[]> {
  try {
    const context = await model.createContext({
      sequences: slots,
      contextSize: { max: contextTokensMax },
      batchSize: BATCH_TOKENS,
    });
    return Array.from({ length: slots }, () => context.getSequence());
  } catch (cause) {
    const code = isMemory(cause) ? 'memory_insufficient' : 'start_failed';
    throw new EmbeddedFault(code, `no room for ${slots} contexts: ${messageOf(cause)}`);
  }
}

function isMemory(cause: unknown): boolean {
  return cause instanceof Error && cause.constructor.name === 'InsufficientMemoryError';
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : 'unknown reason';
}

/** As people and catalogs write it: lower case, no spaces. */
function idOf(model: Model, path: string): string {
  const given = textAt(model.fileInfo.metadata, ['general', 'name']) ?? '';
  const file = basename(path).replace(/\.gguf$/i, '');
  return slug(given) || slug(file) || 'model';
}

function slug(text: string): string {
  const words = text.toLowerCase().replace(/[^a-z0-9._-]+/g, '-');
  return words.replace(/^[^a-z0-9]+|-+$/g, '').slice(0, ID_LENGTH_MAX);
}

function textAt(value: unknown, path: readonly string[]): string | undefined {
  let at = value;
  for (const key of path) {
    if (!isObject(at)) return undefined;
    at = at[key];
  }
  return isText(at) && at !== '' ? at : undefined;
}

function chatTemplateOf(model: Model, Template: TemplateMaker): ChatTemplate | undefined {
  const text = textAt(model.fileInfo.metadata, ['tokenizer', 'chat_template']);
  if (text === undefined) return undefined;
  try {
    const template = new Template(text);
    return { render: (items) => template.render(items), knows: (mark) => text.includes(mark) };
  } catch {
    return undefined;
  }
}

/** The texts of all tokens that steer the model, such as `<|im_end|>`. */
function specialTexts(model: Model): readonly string[] {
  const texts: string[] = [];
  for (const token of model.iterateAllTokens()) {
    const { control, userDefined } = model.getTokenAttributes(token);
    if (control || userDefined) texts.push(model.detokenize([token], true));
  }
  return texts;
}

/** The tokens of a text of our own, such as the mark of a call. */
export function tokensOfMark(model: Model, mark: string): readonly Token[] {
  return model.tokenize(mark, true);
}

// The part of node-llama-cpp that is used here, as shapes of our own: the package is installed on
// demand and is in no package.json, so its types are not there when ours are checked.

export type Token = number;

export type Drawn = {
  readonly token: Token;
  readonly confidence?: number;
  readonly probabilities?: ReadonlyMap<Token, number>;
};

export type Grammar = object;
export type GrammarState = object;

export type Penalty = {
  readonly punishTokens: () => Token[];
  readonly maxPunishTokens: number;
  readonly penalty: number;
  readonly frequencyPenalty: number;
  readonly presencePenalty: number;
};

export type EvaluateOptions = {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
  readonly grammarEvaluationState: () => GrammarState | undefined;
  readonly repeatPenalty?: Penalty;
};

export type Sequence = {
  readonly contextSize: number;
  readonly nextTokenIndex: number;
  clearHistory(): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly Token[]): Promise<void>;
  evaluateWithMetadata(
    tokens: readonly Token[],
    wanted: { readonly confidence?: boolean; readonly probabilities?: boolean },
    options: EvaluateOptions,
  ): AsyncGenerator<Drawn, void, undefined>;
};

export type Context = {
  getSequence(): Sequence;
};

export type EmbeddingContext = {
  getEmbeddingFor(tokens: readonly Token[]): Promise<{ readonly vector: readonly number[] }>;
};

export type SizeOptions = { readonly max: number };

export type Model = {
  readonly trainContextSize: number;
  readonly embeddingVectorSize: number;
  readonly size: number;
  readonly fileInfo: { readonly metadata: unknown };
  readonly tokens: {
    readonly bos: Token | null;
    readonly bosString: string | null;
    readonly eosString: string | null;
    readonly shouldPrependBosToken: boolean;
  };
  tokenize(text: string, specialTokens: boolean): Token[];
  detokenize(tokens: readonly Token[], special: boolean, before?: readonly Token[]): string;
  getTokenAttributes(token: Token): { readonly control: boolean; readonly userDefined: boolean };
  iterateAllTokens(): Iterable<Token>;
  createContext(options: {
    readonly sequences: number;
    readonly contextSize: SizeOptions;
    readonly batchSize: number;
  }): Promise<Context>;
  createEmbeddingContext(options: {
    readonly contextSize: SizeOptions;
    readonly batchSize: number;
  }): Promise<EmbeddingContext>;
};

export type Llama = {
  loadModel(options: { readonly modelPath: string }): Promise<Model>;
  createGrammar(options: { readonly grammar: string }): Promise<Grammar>;
};

export type Engine = {
  getLlama(options: {
    readonly gpu: 'metal' | false;
    readonly build: 'never';
    readonly logLevel: 'error';
    readonly maxThreads: number;
    readonly progressLogs: false;
  }): Promise<Llama>;
  readonly LlamaGrammarEvaluationState: new (given: {
    readonly model: Model;
    readonly grammar: Grammar;
  }) => GrammarState;
};

/** The renderer of chat templates that the engine brings along. */
export type Template = { render(items: Readonly<Record<string, unknown>>): string };
export type TemplateMaker = new (template: string) => Template;

/** Looks for the names that are used; the shapes behind them are those of the pinned version. */
export function isEngine(value: unknown): value is Engine {
  return hasFunctions(value, ['getLlama', 'LlamaGrammarEvaluationState']);
}

export function isTemplateModule(value: unknown): value is { readonly Template: TemplateMaker } {
  return hasFunctions(value, ['Template']);
}

function hasFunctions(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const found = new Map(Object.entries(value));
  return names.every((name) => typeof found.get(name) === 'function');
}

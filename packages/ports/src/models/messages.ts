// What parent and child say to each other over the channel that `fork` opens. The secret travels
// here and nowhere else: arguments and environment of a process can be read by its neighbours.
// Connections travel beside a message, as handles: the parent accepts, the child serves.
import { type EmbeddedCode, isEmbeddedCode } from './fault.ts';

export type StartMessage = {
  readonly kind: 'start';
  readonly secret: string;
  readonly modelPath: string;
  readonly enginePaths: readonly string[];
  readonly slots: number;
  readonly contextTokensMax: number;
  readonly threads: number;
  /** How long one token or slice of a prompt may take before the engine is given up. */
  readonly stepMsMax: number;
};

export type ConnectionMessage = { readonly kind: 'connection' };

export type ReadyMessage = {
  readonly kind: 'ready';
  readonly modelId: string;
  readonly contextTokens: number;
};

/** Of the connections that were handed over, the first that it has not said it of yet. */
export type TakenMessage = { readonly kind: 'taken' };

/** Said every `PULSE_MS` by a child that serves. */
export type PulseMessage = {
  readonly kind: 'pulse';
  /** The engine has not moved for `stepMsMax`: only an end helps. */
  readonly stuck: boolean;
};

export const PULSE_MS = 1_000;

export type FailedMessage = {
  readonly kind: 'failed';
  readonly code: EmbeddedCode;
  readonly detail: string;
};

export type ToChild = StartMessage | ConnectionMessage;
export type ToParent = ReadyMessage | FailedMessage | TakenMessage | PulseMessage;

export function readToChild(value: unknown): ToChild | undefined {
  if (!isRecord(value)) return undefined;
  if (value['kind'] === 'connection') return { kind: 'connection' };
  const { secret, modelPath, enginePaths, slots, contextTokensMax, threads, stepMsMax } = value;
  if (value['kind'] !== 'start' || typeof secret !== 'string') return undefined;
  if (typeof modelPath !== 'string' || !isTexts(enginePaths)) return undefined;
  if (!isCount(slots) || !isCount(contextTokensMax) || !isCount(threads)) return undefined;
  if (!isCount(stepMsMax)) return undefined;
  const sizes = { slots, contextTokensMax, threads, stepMsMax };
  return { kind: 'start', secret, modelPath, enginePaths, ...sizes };
}

export function readToParent(value: unknown): ToParent | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, modelId, contextTokens, code, detail, stuck } = value;
  if (kind === 'taken') return { kind };
  if (kind === 'pulse' && typeof stuck === 'boolean') return { kind, stuck };
  if (kind === 'ready' && typeof modelId === 'string' && isCount(contextTokens)) {
    return { kind, modelId, contextTokens };
  }
  if (kind === 'failed' && isEmbeddedCode(code) && typeof detail === 'string') {
    return { kind, code, detail };
  }
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

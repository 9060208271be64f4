// What stands around the choices of an answer that we write.
import type { Answer, AnswerEvent, JsonObject } from '../../canon/canon.ts';
import type { AnswerContext } from '../../canon/codec.ts';

export type Head = {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly model: string;
};

type Told = Pick<Extract<AnswerEvent, { kind: 'start' }>, 'id' | 'model' | 'created' | 'extra'>;

export function headOf(told: Told, object: string, context: AnswerContext): Head & JsonObject {
  return {
    id: told.id ?? context.id,
    object,
    created: told.created ?? context.created,
    model: told.model ?? context.model,
    ...told.extra?.openai,
  };
}

export const serviceOf = ({ service }: Pick<Answer, 'service'>): JsonObject =>
  service === undefined ? {} : { service_tier: service };

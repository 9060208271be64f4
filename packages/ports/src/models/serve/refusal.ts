// An expected no to one request, in the envelope of the OpenAI dialect.

export type Refusal = {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly message: string;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
};

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export function yes<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function no(refusal: Refusal): Result<never> {
  return { ok: false, refusal };
}

/** The caller's mistake: the request as it is will never be answered. */
export function badRequest(code: string, message: string, param?: string): Refusal {
  const type = 'invalid_request_error';
  return { status: 400, type, code, message, param, retryAfterMs: undefined };
}

export function refusal(status: number, code: string, message: string): Refusal {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  return { status, type, code, message, param: undefined, retryAfterMs: undefined };
}

export function busy(retryAfterMs: number): Refusal {
  const message = 'every slot is taken and the queue is full; try again shortly';
  return {
    status: 429,
    type: 'requests',
    code: 'slots_full',
    message,
    param: undefined,
    retryAfterMs,
  };
}

export function contextTooLong(tokens: number, contextTokens: number): Refusal {
  const message =
    `this model's context holds ${contextTokens} tokens, answer included; ` +
    `the prompt alone has ${tokens}`;
  return badRequest('context_length_exceeded', message, 'messages');
}

export function envelope({ type, code, message, param }: Refusal): string {
  return JSON.stringify({ error: { message, type, param: param ?? null, code } });
}

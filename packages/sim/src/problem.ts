// What went wrong with a request, in the shape of OpenAI's error envelope.

export type Problem = {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
};

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

export function accept<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse<T>(problem: Problem): Result<T> {
  return { ok: false, problem };
}

/** The caller's mistake: status 400 unless said otherwise. */
export function invalid(message: string, param: string | null, code: string | null): Problem {
  return { status: 400, type: 'invalid_request_error', code, message, param };
}

export function envelopeOf(problem: Problem): string {
  const { message, type, param, code } = problem;
  return JSON.stringify({ error: { message, type, param, code } });
}

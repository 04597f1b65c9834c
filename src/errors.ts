/** What went wrong, for programs. Test `error.code`; messages are for people and may change. */
export type AttuneErrorCode =
  | 'input/invalid'
  | 'encoder/unavailable'
  | 'encoder/crashed'
  | 'model/corrupt'
  | 'catalogue/unavailable'
  | 'priors/unavailable'
  | 'foundation/unavailable'
  | 'foundation/demoted'
  | 'compute/unavailable'
  | 'compute/crashed'
  | 'storage/unavailable'
  | 'storage/quota'
  | 'storage/corrupt'
  | 'closed';

/**
 * The one error type of Attune: thrown for misuse, rejected from async methods, and carried by `warning` events
 * when the SDK degraded instead of failing. The message names the offending value and the way out.
 */
export class AttuneError extends Error {
  override readonly name = 'AttuneError';
  readonly code: AttuneErrorCode;

  constructor(code: AttuneErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** An `input/invalid` error whose message shows the value as JSON, shortened to 80 characters. */
export function invalid(what: string, value: unknown, wayOut: string): AttuneError {
  return new AttuneError('input/invalid', `${what}: got ${show(value)}. ${wayOut}`);
}

function show(value: unknown): string {
  let text: string;
  try {
    text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  } catch {
    text = typeof value; // an object that cannot be printed, such as one with a throwing toString
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The error as an `AttuneError`: itself if it already has one of our codes, else wrapped as `code`. */
export function asAttuneError(error: unknown, code: AttuneErrorCode, message: string): AttuneError {
  if (error instanceof AttuneError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new AttuneError(code, `${message} (${reason})`, { cause: error });
}

import { AttuneError, asAttuneError, type AttuneErrorCode } from '../errors.js';

/**
 * What both Workers and those who start them share. Comlink drops an error's class and code, so both sides speak in
 * replies: a value, or a code with a message.
 */
export type Reply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: AttuneErrorCode; readonly message: string };

/** Runs `task` and wraps its outcome, whatever it throws, as a reply; what has no code of ours gets this one. */
export async function replyTo<T>(
  task: () => T | Promise<T>,
  fallback: AttuneErrorCode,
  failed: string,
): Promise<Reply<T>> {
  try {
    return { ok: true, value: await task() };
  } catch (error) {
    const { code, message } = asAttuneError(error, fallback, failed);
    return { ok: false, code, message };
  }
}

/** The value of a reply, or its error with class and code restored. */
export function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new AttuneError(reply.code, reply.message);
}

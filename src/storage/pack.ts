/**
 * Plain data ⇄ bytes, for sealing: JSON in UTF-8, where typed arrays of floats and numbers that JSON has no words for
 * (NaN, infinities, −0) stand as `{ $: type, of: … }`.
 */

/** Bytes that WebCrypto takes and IndexedDB keeps. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** @throws TypeError for what JSON can't hold, such as a BigInt or a circle */
export function pack(value: unknown): Bytes {
  return utf8(JSON.stringify(value, pure) ?? 'null');
}

/** What `pack` was given. @throws SyntaxError for bytes that it did not make */
export function unpack(bytes: Bytes): unknown {
  return JSON.parse(new TextDecoder().decode(bytes), original);
}

function pure(_: string, value: unknown): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { $: 'number', of: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (value instanceof Float64Array) return { $: 'f64', of: base64(bytesOf(value)) };
  if (value instanceof Float32Array) return { $: 'f32', of: base64(bytesOf(value)) };
  if (isObject(value) && '$' in value) return { $: 'object', of: Object.entries(value) };
  return value;
}

function original(_: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  const { $: type, of } = value as { $?: unknown; of?: never };
  if (type === 'number') return Number(of);
  if (type === 'f64') return new Float64Array(fromBase64(of!).buffer);
  if (type === 'f32') return new Float32Array(fromBase64(of!).buffer);
  return type === 'object' ? Object.fromEntries(of!) : value;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Bytes {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object';
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** Bytes as text, four characters for three. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** @throws DOMException for text that is no base 64 */
export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

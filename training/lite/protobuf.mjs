/** As much of protocol buffers as an ONNX graph needs: every function gives the bytes of one field. */

const text = new TextEncoder();

/** @param {number} value a whole number, ≥ 0 */
export function number(field, value) {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

export function bytes(field, content) {
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

export function string(field, content) {
  return bytes(field, text.encode(content));
}

/** A message within a message, made of its fields. */
export function message(field, ...fields) {
  return bytes(field, joined(fields));
}

export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value) {
  const result = [];
  for (; value > 127; value = Math.floor(value / 128)) result.push((value % 128) + 128);
  return [...result, value];
}

import * as ort from 'onnxruntime-web/wasm';

/** ONNX Runtime on one thread: a model whose weights are the rows, `TopK(MatMul(rows, q))`, so that only the best come back. */
export function open(dim) {
  const at = new URL('/runtime/ort-wasm-simd-threaded', location.href).href;
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: { mjs: `${at}.mjs`, wasm: `${at}.wasm` } });
  let session;
  return {
    async build(data, rows) {
      session = await ort.InferenceSession.create(modelOf(data, rows, dim));
    },
    async query(q, k) {
      const feeds = {
        q: new ort.Tensor('float32', q, [dim, 1]),
        k: new ort.Tensor('int64', BigInt64Array.of(BigInt(k)), [1]),
      };
      const { best } = await session.run(feeds);
      return Array.from(best.data, Number);
    },
  };
}

const FLOAT = 1;
const INT64 = 7;
const text = new TextEncoder();

/** An ONNX file, written field by field (onnx.proto3); the numbers are those of its messages' fields. */
function modelOf(data, rows, dim) {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const weights = [number(1, rows), number(1, dim), number(2, FLOAT), bytes(8, 'rows'), bytes(9, raw)];
  const axis = message(5, bytes(1, 'axis'), number(3, 0), number(20, 2));
  const graph = [
    message(1, bytes(1, 'rows'), bytes(1, 'q'), bytes(2, 'scores'), bytes(4, 'MatMul')),
    message(1, bytes(1, 'scores'), bytes(1, 'k'), bytes(2, 'values'), bytes(2, 'best'), bytes(4, 'TopK'), axis),
    bytes(2, 'search'),
    message(5, ...weights),
    input('q', FLOAT, [dim, 1]),
    input('k', INT64, [1]),
    message(12, bytes(1, 'best')),
  ];
  return joined([number(1, 8), message(7, ...graph), message(8, number(2, 17))]);
}

function input(name, type, dims) {
  const shape = dims.map((dim) => message(1, number(1, dim)));
  return message(11, bytes(1, name), message(2, message(1, number(1, type), message(2, ...shape))));
}

function number(field, value) {
  return Uint8Array.from([...varint(field * 8), ...varint(value)]);
}

function bytes(field, value) {
  const content = typeof value === 'string' ? text.encode(value) : value;
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.length)]), content]);
}

function message(field, ...parts) {
  return bytes(field, joined(parts));
}

function varint(value) {
  const all = [];
  for (; value > 127; value = Math.floor(value / 128)) all.push((value % 128) + 128);
  return [...all, value];
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

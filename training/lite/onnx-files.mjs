import { bytes, joined, message, number, string } from './protobuf.mjs';

const FLOAT = 1;
const INT8 = 3;
const INT64 = 7;

/**
 * A static encoder as the files that transformers.js opens for `feature-extraction` with mean pooling: its rows are the
 * hidden states. Special tokens have zero rows, so that they change no direction.
 *
 * @param table     what `parseLite` gives
 * @param tokenizer what `describeWordPiece` makes of its tokens
 * @returns {Record<string, Uint8Array>} content by path
 */
export function onnxFiles({ tokens, dim, damping, scales, rows }, tokenizer) {
  const json = (value) => new TextEncoder().encode(JSON.stringify(value));
  return {
    'onnx/model.onnx': model(dim, damping, scales, rows),
    'tokenizer.json': json(withEnds(tokenizer)),
    'tokenizer_config.json': json({
      tokenizer_class: 'BertTokenizer',
      do_lower_case: true,
      model_max_length: 258, // the 256 that lite reads, and two special ones
      pad_token: '[PAD]',
      unk_token: '[UNK]',
      cls_token: '[CLS]',
      sep_token: '[SEP]',
      mask_token: '[MASK]',
    }),
    'config.json': json({
      model_type: 'bert',
      architectures: ['BertModel'],
      hidden_size: dim,
      vocab_size: tokens.length,
      max_position_embeddings: 258,
    }),
  };
}

/**
 * `rows[ids] · scales[ids]`, each with the weight that src/encoder/lite-pool.ts gives it. The 4-bit numbers are int8, which
 * is what ONNX knows everywhere. Zero rows, such as those of padding, weigh nothing in sum, number or length.
 */
function model(dim, damping, scales, rows) {
  const numbers = new Int8Array(rows.length * 2);
  rows.forEach((pair, i) => {
    numbers[2 * i] = (pair & 15) - 8;
    numbers[2 * i + 1] = (pair >> 4) - 8;
  });
  const graph = [
    node('Gather', ['rows', 'input_ids'], 'numbers'),
    node('Cast', ['numbers'], 'floats', attribute('to', FLOAT)),
    node('Gather', ['scales', 'input_ids'], 'scale'),
    node('Mul', ['floats', 'scale'], 'row'),
    node('Mul', ['row', 'row'], 'squares'),
    node('ReduceSum', ['squares', 'numbers_axis'], 'squared_length'),
    node('Sqrt', ['squared_length'], 'length'),
    node('Sign', ['length'], 'known'),
    ...['row', 'length', 'known'].map((name) => node('ReduceSum', [name, 'tokens_axis'], `sum_of_${name}`)),
    node('Mul', ['row', 'sum_of_row'], 'products'),
    node('ReduceSum', ['products', 'numbers_axis'], 'product'),
    node('Max', ['length', 'tiny'], 'divisor'),
    node('Div', ['product', 'divisor'], 'along'),
    node('Sub', ['along', 'length'], 'of_others'),
    node('Max', ['of_others', 'zero'], 'shared'),
    node('Mul', ['sum_of_known', 'fading'], 'faded'),
    node('Add', ['faded', 'one'], 'fade'),
    node('Mul', ['sum_of_length', 'fade'], 'scaled'),
    node('Max', ['scaled', 'tiny'], 'strength_divisor'),
    node('Div', ['damping', 'strength_divisor'], 'strength'),
    node('Mul', ['shared', 'strength'], 'damped'),
    node('Add', ['damped', 'one'], 'weight_divisor'),
    node('Div', ['row', 'weight_divisor'], 'last_hidden_state'),
    string(2, 'lite'),
    tensor('rows', INT8, [numbers.length / dim, dim], numbers),
    tensor('scales', FLOAT, [scales.length, 1], scales),
    ...Object.entries({ damping, fading: 1 / 16, zero: 0, one: 1, tiny: 1e-9 }).map(([name, x]) =>
      tensor(name, FLOAT, [1], Float32Array.of(x)),
    ),
    tensor('tokens_axis', INT64, [1], BigInt64Array.of(1n)),
    tensor('numbers_axis', INT64, [1], BigInt64Array.of(2n)),
    value(11, 'input_ids', INT64, ['batch', 'tokens']),
    value(11, 'attention_mask', INT64, ['batch', 'tokens']),
    value(12, 'last_hidden_state', FLOAT, ['batch', 'tokens', dim]),
  ];
  return joined([number(1, 8), message(8, string(1, ''), number(2, 13)), message(7, ...graph)]);
}

function node(type, inputs, output, ...attributes) {
  return message(1, ...inputs.map((name) => string(1, name)), string(2, output), string(4, type), ...attributes);
}

function attribute(name, integer) {
  return message(5, string(1, name), number(3, integer), number(20, 2));
}

function tensor(name, type, shape, { buffer, byteOffset, byteLength }) {
  const raw = new Uint8Array(buffer, byteOffset, byteLength);
  return message(5, ...shape.map((size) => number(1, size)), number(2, type), string(8, name), bytes(9, raw));
}

function value(field, name, type, shape) {
  const sizes = shape.map((size) => message(1, typeof size === 'string' ? string(2, size) : number(1, size)));
  return message(field, string(1, name), message(2, message(1, number(1, type), message(2, ...sizes))));
}

/** The tokenizer with `[CLS]` and `[SEP]` around each text, which BERT's files have. */
function withEnds(tokenizer) {
  const ids = tokenizer.model.vocab;
  const token = (id) => ({ SpecialToken: { id, type_id: 0 } });
  const special = (id) => [id, { id, ids: [ids[id]], tokens: [id] }];
  const single = [token('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, token('[SEP]')];
  return {
    ...tokenizer,
    post_processor: {
      type: 'TemplateProcessing',
      single,
      pair: [...single, { Sequence: { id: 'B', type_id: 1 } }, token('[SEP]')],
      special_tokens: Object.fromEntries([special('[CLS]'), special('[SEP]')]),
    },
  };
}

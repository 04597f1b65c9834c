import { checksum } from '../../core/checksum.js';
import { valueSpread } from '../../core/value-spread.js';
import { dotRow } from '../../core/vector.js';
import { AttuneError } from '../../errors.js';
import type { SequenceEvent } from './features.js';
import { readSequenceFile, type SequenceHeader } from './file.js';
import { openSequence, type SequenceModel, type SequenceState } from './model.js';

/** What is said to who holds a model: the compute Worker, or the page where there is none. Each is some ms of work at most. */
export type SequenceMessage =
  | { readonly type: 'open'; readonly bytes: ArrayBuffer }
  /** Items take the next numbers; `texts` has a row each. */
  | { readonly type: 'items'; readonly ids: readonly string[]; readonly texts: Float32Array }
  | { readonly type: 'forget' }
  /** Nobody known; `before` is when the interaction before the first to come was, epoch ms. */
  | { readonly type: 'begin'; readonly before: number | undefined }
  | { readonly type: 'read'; readonly events: readonly SequenceEvent[] }
  | { readonly type: 'score' }
  /** Goes on with a person of its own, or begins with nobody. */
  | { readonly type: 'trace'; readonly isFirst: boolean; readonly events: readonly SequenceEvent[] };

/** What a model says of itself once it is open. */
export interface SequenceTold extends Pick<SequenceHeader, 'kinds' | 'encoder' | 'until' | 'actions' | 'card'> {
  /** Of its bytes, for people and programs to tell one model from another. */
  readonly name: string;
  /** Newest interactions that decide: older ones have no influence. */
  readonly reach: number;
  /** Numbers of a text's row. */
  readonly text: number;
}

/** What a model makes of a person. */
export interface SequenceScores {
  /** `shape.width` numbers. */
  readonly user: Float32Array;
  /** In the order of `kinds`. */
  readonly kinds: Float64Array;
  /** By number of the items held, with their mean and standard deviation. */
  readonly scores: Float32Array;
  readonly mean: number;
  readonly sd: number;
}

/** What each message is answered with. */
export interface SequenceAnswers {
  readonly open: SequenceTold;
  readonly items: undefined;
  readonly forget: undefined;
  readonly begin: undefined;
  readonly read: undefined;
  readonly score: SequenceScores;
  /** Probabilities of the next kind after each interaction: a row each. */
  readonly trace: Float64Array;
}

/** Answers messages about the model and the person that the earlier ones brought. */
export type SequenceHost = <M extends SequenceMessage>(message: M) => SequenceAnswers[M['type']];

/** One that holds nothing yet. @throws AttuneError from its answers: `model/corrupt`, `input/invalid`, or `compute/crashed` before a model is open */
export function createSequenceHost(): SequenceHost {
  let model: SequenceModel | undefined;
  let state: SequenceState | undefined;
  let traced: SequenceState | undefined;
  let projected: Float32Array[] = [];

  function opened(): SequenceModel {
    if (model === undefined) throw new AttuneError('compute/crashed', 'No sequence model is open here.');
    return model;
  }

  const answers: { [K in SequenceMessage['type']]: (message: never) => SequenceAnswers[K] } = {
    open({ bytes }: { readonly bytes: ArrayBuffer }) {
      model = openSequence(readSequenceFile(new Uint8Array(bytes)));
      state = model.start();
      projected = [];
      const { kinds, encoder, until, actions, card, shape } = model.header;
      const name = checksum(new Uint8Array(bytes)).toString(16).padStart(8, '0');
      return { kinds, encoder, until, actions, card, name, reach: model.reach, text: shape.text };
    },
    items({ ids, texts }: { readonly ids: readonly string[]; readonly texts: Float32Array }) {
      const held = opened();
      const { text, width } = held.header.shape;
      ids.forEach((itemId, i) => {
        const row = new Float32Array(width);
        held.project({ itemId, text: texts.subarray(i * text, (i + 1) * text) }, row);
        projected.push(row);
      });
      return undefined;
    },
    forget() {
      projected = [];
      return undefined;
    },
    begin({ before }: { readonly before: number | undefined }) {
      state = opened().start();
      state.lastAt = before;
      return undefined;
    },
    read({ events }: { readonly events: readonly SequenceEvent[] }) {
      opened().append(state!, events);
      return undefined;
    },
    trace({ isFirst, events }: { readonly isFirst: boolean; readonly events: readonly SequenceEvent[] }) {
      const held = opened();
      if (isFirst || traced === undefined) traced = held.start();
      const size = held.header.kinds.length;
      const chances = new Float64Array(events.length * size);
      for (const [i, event] of events.entries()) {
        held.append(traced, [event]);
        chances.set(held.kindsAfter(traced), i * size);
      }
      return chances;
    },
    score() {
      const { user } = state!;
      const scores = Float32Array.from(projected, (row) => dotRow(user, row, 0));
      return { user: user.slice(), kinds: opened().kindsAfter(state!), scores, ...valueSpread(scores) };
    },
  };
  return (message) => answers[message.type](message as never) as never;
}

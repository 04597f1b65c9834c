import 'fake-indexeddb/auto';
import { type Attune, type AttuneError, type AttuneOptions, createAttune, type Encoder } from 'attune';
import { buildCatalogue, entryOf } from '../src/core/build-catalogue.js';
import { checksum } from '../src/core/checksum.js';
import { normalize } from '../src/core/vector.js';
import { deleteCatalogues } from '../src/storage/catalogue-database.js';
import { START } from './one-hot.js';
import { seeded, unit } from './seeded.js';

export interface Thing {
  readonly id: string;
  readonly title: string;
  readonly year: number;
}

const DIM = 24;

/** A row of its own for every text; nothing is known of one that says so, and shared ones are much alike. */
function rowOf(text: string, dim: number): Float32Array {
  if (text.includes('nothing')) return new Float32Array(dim);
  const row = unit(seeded(checksum(new TextEncoder().encode(text))), dim);
  if (text.includes('shared')) row[0] = 3;
  return normalize(row);
}

export function encoder(modelVersion = 'hashed-1', dim = DIM): Encoder {
  return {
    modelVersion,
    dim,
    encode(texts) {
      const data = new Float32Array(texts.length * dim);
      texts.forEach((text, i) =>
        data.set(rowOf(modelVersion === 'hashed-1' ? text : `${modelVersion} ${text}`, dim), i * dim),
      );
      return Promise.resolve({ data, rows: texts.length, dim, truncated: 0 });
    },
    close() {},
  };
}

export const thing = (i: number, title = `Thing number ${i}.`): Thing => ({
  id: `t${i}`,
  title,
  year: 1900 + (i % 120),
});
export const THINGS: readonly Thing[] = Array.from({ length: 700 }, (_, i) =>
  thing(i, i % 50 === 7 ? `nothing ${i}.` : undefined),
);

export function fileOf(things: readonly Thing[], textOf = ({ title }: Thing): string => title, dim = DIM): Blob {
  const rows = new Float32Array(things.length * dim);
  things.forEach((each, i) => rows.set(rowOf(textOf(each), dim), i * dim));
  return new Blob(
    buildCatalogue({
      modelVersion: 'hashed-1',
      dim,
      ids: things.map(({ id }) => id),
      entries: things.map((each) => entryOf(textOf(each), JSON.stringify(each))),
      rows,
    }),
  );
}

const opened: Attune<Thing>[] = [];
/** What was said of catalogues. */
export const warnings: AttuneError[] = [];
let users = 0;

export async function open(options: Partial<AttuneOptions<Thing>> = {}): Promise<Attune<Thing>> {
  const attune = await createAttune<Thing>({
    consent: 'granted',
    user: `shelf ${users++}`,
    encoder: encoder(),
    sliders: [{ id: 'pace', low: 'slow', high: 'fast' }],
    maxWaitMs: 10_000,
    now: () => START,
    random: () => 0.5,
    ...options,
  });
  attune.on('warning', (warning) => {
    if (/catalogue/i.test(warning.message)) warnings.push(warning);
  });
  opened.push(attune);
  return attune;
}

/** Before each test. */
export async function clearThings(): Promise<void> {
  warnings.length = 0;
  await deleteCatalogues();
}

/** After each test: closes all that were opened. */
export async function closeThings(): Promise<void> {
  await Promise.all(opened.splice(0).map((attune) => attune.close()));
}

/** A person with some history. */
export async function live(attune: Attune<Thing>): Promise<void> {
  attune.track('save', thing(3));
  attune.track('view', thing(10));
  attune.track('hide', thing(20));
  attune.setSlider('pace', 0.7);
  await attune.flush();
}

import { gaussian, mixSeeds, seeded } from '../src/core/random.js';
import { type TermBlock, type TermOutcome, tryTerm } from '../src/domain/term-trial.js';

/** How long a term stays in force that helps, says nothing or harms, by how much worse a block has to be for it to go. */

const OUTCOMES = 1000;
const PEOPLE = 200;
/** Standard errors. */
const RULES = [0, 0.5, 1, 1.64];
/** Logits of a standard deviation of the term; the rest of the score is worth 1. */
const WORTHS = {
  'as much as the rest': 1.3,
  'half as much': 0.65,
  nothing: 0,
  'harm, half as much as the rest': -0.65,
};
const TERM_SD = 1 / 3;
const REST_SD = 0.25;

/** Outcomes by a logistic truth: `−1.2 + 4·rest + worth·term/sd`. */
function drawn(worth: number, seed: number): TermOutcome[] {
  const random = seeded(seed);
  return Array.from({ length: OUTCOMES }, (_, at) => {
    const [score, z] = [REST_SD * gaussian(random), gaussian(random)];
    const chance = 1 / (1 + Math.exp(1.2 - 4 * score - worth * z));
    return { score, term: TERM_SD * z, y: random() < chance ? 1 : 0, at };
  });
}

/** Share of blocks after which the term is in force, by that rule; the rest of it is the product's. */
function inForce(blocks: readonly TermBlock[], worseBy: number): number {
  let [force, better, count] = [true, 0, 0];
  for (const { gain, error } of blocks) {
    better = gain > 0 ? better + 1 : 0;
    force = force ? gain >= -worseBy * error : better >= 2;
    count += Number(force);
  }
  return count / blocks.length;
}

for (const [purpose, seed] of [
  ['to choose by', 1],
  ['to report', 2],
] as const) {
  console.log(`${purpose}: ${PEOPLE} people, ${OUTCOMES} outcomes each; share of the time in force`);
  console.log(`| the term is worth | ${RULES.map((rule) => `${rule} errors`).join(' | ')} |`);
  for (const [name, worth] of Object.entries(WORTHS)) {
    const trials = Array.from({ length: PEOPLE }, (_, p) => tryTerm(drawn(worth, mixSeeds(seed, p))).blocks);
    const shares = RULES.map((rule) => trials.reduce((sum, blocks) => sum + inForce(blocks, rule), 0) / PEOPLE);
    console.log(`| ${name} | ${shares.map((share) => `${(100 * share).toFixed(0)} %`).join(' | ')} |`);
  }
}

import { describe, expect, test } from 'vitest';
import '../allclose.js';
import { adapt, identityAdapter, tripletLoss } from '../../src/core/adapter.js';
import { gatedScores, gateLoss, type GateRows, gateWeights } from '../../src/core/gate.js';
import { norm } from '../../src/core/vector.js';
import golden from '../golden/adaptation.json';
import { gaussian, seeded, unit } from '../seeded.js';

const PARTS = 4;

function rowsOf({ features, bases, inputs, ys, counts, curves, width }: (typeof golden.gates)[number]): GateRows {
  return {
    features: Float64Array.from(features),
    bases: Float64Array.from(bases),
    inputs: Float64Array.from(inputs),
    ...{ ys, weights: counts, curves, parts: PARTS, width },
  };
}

/** Central differences of `loss`, its steps as long as each parameter's size allows. */
function differences(parameters: Float64Array, loss: (at: Float64Array) => number): Float64Array {
  return parameters.map((value, j) => {
    const step = 1e-5 * Math.max(1, Math.abs(value));
    const at = (moved: number): number => loss(parameters.with(j, moved));
    return (at(value + step) - at(value - step)) / (2 * step);
  });
}

/** Within 1e-5 of the gradient's own length: single numbers may be nearly 0. */
function expectGradient(gradient: Float64Array, found: Float64Array): void {
  expect(found).toBeAllclose(gradient, { rtol: 1e-5, atol: 1e-5 * norm(gradient) });
}

describe.each(golden.gates)('a gate, $name', (given) => {
  const rows = rowsOf(given);
  const parameters = Float64Array.from(given.parameters);
  const gradient = new Float64Array(parameters.length);
  const loss = gateLoss(parameters, rows, given.scales, given.penalty, gradient);

  test("has PyTorch's loss and gradient", () => {
    expect(loss).toBeAllclose(given.loss, { rtol: 1e-12 });
    expect(gradient).toBeAllclose(given.gradient, { rtol: 1e-8, atol: 1e-10 });
  });

  test('changes as its gradient says', () => {
    const found = differences(parameters, (at) =>
      gateLoss(at, rows, given.scales, given.penalty, new Float64Array(at.length)),
    );
    expectGradient(gradient, found);
  });

  test('has weights that sum to 1, none below 0', () => {
    for (let i = 0; i < given.ys.length; i++) {
      const weights = new Float64Array(PARTS);
      gateWeights(parameters, rows.bases, i * PARTS, rows.inputs, i * given.width, given.width, weights);
      expect(weights.every((weight) => weight >= 0)).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeAllclose(1, { rtol: 1e-12 });
    }
  });
});

test('a gate of zeros scores as the base weights do, to the bit where they sum to 1', () => {
  const random = seeded(3);
  const bases = [0.25, 0.125, 0.5, 0.125];
  const features = Float64Array.from({ length: PARTS }, () => gaussian(random));
  const rows = {
    ...{ features, bases: Float64Array.from(bases), inputs: Float64Array.from([1, -2, 3]) },
    ...{ ys: [1], weights: [1], curves: [0], parts: PARTS, width: 3 },
  };
  expect(gatedScores(new Float64Array(12), rows)[0]).toBe(features.reduce((sum, x, k) => sum + bases[k]! * x, 0));
});

describe.each(golden.adapters)('an adapter, $name', (given) => {
  const { rank, dim, steepness } = given;
  const part = (list: readonly number[], i: number): Float64Array =>
    Float64Array.from(list.slice(i * dim, (i + 1) * dim));
  const count = given.anchors.length / dim;
  const columns = Float64Array.from([...given.up, ...given.down]);

  function lossAt(at: Float64Array): { loss: number; gradient: Float64Array } {
    const adapter = { up: at.slice(0, rank * dim), down: at.slice(rank * dim), rank, dim };
    const sums = { up: new Float64Array(rank * dim), down: new Float64Array(rank * dim) };
    let loss = 0;
    for (let i = 0; i < count; i++) {
      const [anchor, liked, passed] = [part(given.anchors, i), part(given.liked, i), part(given.passed, i)];
      loss += tripletLoss(adapter, anchor, liked, passed, steepness, sums);
    }
    return { loss, gradient: Float64Array.from([...sums.up, ...sums.down]) };
  }
  const { loss, gradient } = lossAt(columns);

  test("has PyTorch's loss and gradient", () => {
    expect(loss).toBeAllclose(given.loss, { rtol: 1e-12 });
    expect(gradient).toBeAllclose([...given.gradient.up, ...given.gradient.down], { rtol: 1e-8, atol: 1e-10 });
  });

  test('changes as its gradient says', () => {
    expectGradient(
      gradient,
      differences(columns, (at) => lossAt(at).loss),
    );
  });
});

test('an adapter begins as the identity, and leaves what is unknown unknown', () => {
  const random = seeded(4);
  const adapter = identityAdapter(unit(random, 12), 3, random);
  const x = unit(random, 12);
  expect(adapt(adapter, x)).toBeAllclose(x, { rtol: 1e-6 });
  expect(norm(adapt(adapter, x))).toBeAllclose(1, { rtol: 1e-12 });
  expect([...adapt(adapter, new Float32Array(12))]).toEqual([...new Float64Array(12)]);
});

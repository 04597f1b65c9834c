import { readFileSync } from 'node:fs';

/** Sentence pairs with the likeness people gave them: `[a, b, score][]`. */
export function readPairs(path) {
  const text = readFileSync(path, 'utf8');
  const rows = text.trimStart().startsWith('[') ? JSON.parse(text) : text.split('\n').filter(Boolean).map(readLine);
  for (const row of rows) {
    const [a, b, score] = row;
    if (typeof a !== 'string' || typeof b !== 'string' || !Number.isFinite(score)) {
      throw new Error(`${path}: ${JSON.stringify(row)} is not [text, text, score]`);
    }
  }
  return rows;
}

/** STS-B as published has genre, file, year and number before the score; otherwise text, text, score. */
function readLine(line) {
  const columns = line.trim().split('\t');
  const [a, b, score] = columns.length >= 7 ? [columns[5], columns[6], columns[4]] : columns;
  return [a, b, score === undefined ? NaN : Number(score)];
}

/** Correlation of two equally long lists, in [-1, 1]. */
export function pearson(a, b) {
  const mean = (values) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (f, g) => f.reduce((sum, x, i) => sum + x * g[i], 0);
  const [x, y] = [a.map((v) => v - ma), b.map((v) => v - mb)];
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** Correlation of ranks; equal values share the mean of their ranks, as in SciPy. */
export function spearman(a, b) {
  return pearson(ranks(a), ranks(b));
}

function ranks(values) {
  const order = [...values.keys()].sort((i, j) => values[i] - values[j]);
  const result = values.map(() => 0);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) result[order[i]] = (start + end - 1) / 2;
  }
  return result;
}

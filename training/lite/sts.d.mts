export function readPairs(path: string): [a: string, b: string, score: number][];
export function pearson(a: readonly number[], b: readonly number[]): number;
export function spearman(a: readonly number[], b: readonly number[]): number;

import { checksum } from '../../core/checksum.js';
import type { EvaluationLog } from './log.js';
import type { Plan } from './protocol.js';

/** What a run asks, so that no answers of another one are taken for its own. */
export function runName(log: EvaluationLog, plan: Plan, rest: string): string {
  const parts = [log.user, log.item, log.kind, log.at, log.weight, plan.asks, plan.counts, plan.offered];
  const bytes = parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const texts = new TextEncoder().encode(JSON.stringify([plan.protocol, log.kindWeights, log.items, rest]));
  return [...bytes, texts].map((part) => checksum(part).toString(16)).join('-');
}

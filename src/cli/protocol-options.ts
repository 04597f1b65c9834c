import { keepEvents, knownBefore } from '../lab/evaluation/known.js';
import type { EvaluationLog } from '../lab/evaluation/log.js';
import { type Plan, planOf, type Protocol } from '../lab/evaluation/protocol.js';
import type { LogArguments } from './log-options.js';

/** What commands that ask of a log take, for their help. */
export const PROTOCOL_HELP = `  --protocol NAME        last-out (default) or global: see docs/evaluation.md
  --share NUMBER         which last part is asked for (default 0.2); 0: the last action of each log
  --priors before|pooled what everybody did: before each target (default), or of all logs' first parts
  --repeats              items acted on before may be the answer
`;
export const PROTOCOL_OPTIONS = ['protocol', 'share', 'priors'] as const;

/** @throws AttuneError `input/invalid` */
function protocolOf({ targets, text, oneOf, isGiven }: LogArguments): Protocol {
  const share = text('share');
  return {
    kind: oneOf('protocol', ['last-out', 'global']),
    ...(share !== undefined && { share: Number(share) }),
    priors: oneOf('priors', ['before', 'pooled']),
    targets,
    repeats: isGiven('repeats'),
  };
}

/**
 * What the arguments ask of a log; with `--validation` what the same protocol asks of the events before, to choose by.
 *
 * @throws AttuneError `input/invalid`
 */
export function askedOf(
  options: LogArguments,
  log: EvaluationLog,
): { readonly log: EvaluationLog; readonly plan: Plan } {
  const protocol = protocolOf(options);
  const plan = planOf(log, protocol);
  if (!options.isGiven('validation')) return { log, plan };
  const earlier = keepEvents(log, knownBefore(log, plan));
  return { log: earlier, plan: planOf(earlier, protocol) };
}

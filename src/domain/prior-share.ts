/**
 * Evidence at which half of the order is the person's own. Measured in docs/evaluation.md, "Cold start": of 5, 20 and 50
 * the largest that at no length of log ranks worse than no prior at all, whatever the prior is made of.
 */
const HALF_EVIDENCE = 20;

/** How much of a person is not known yet: `20 / (evidence + 20)`, 1 for a newcomer and 0 at last. @param evidence ≥ 0 */
export function priorShare(evidence: number): number {
  return HALF_EVIDENCE / (evidence + HALF_EVIDENCE);
}

/**
 * Evidence at which half of the order is the person's own: the shrinkage of inferred slider positions (SPEC §4). Measured in
 * docs/evaluation.md, "Cold start".
 */
const HALF_EVIDENCE = 5;

/** How much of a person is not known yet: `5 / (evidence + 5)`, 1 for a newcomer and 0 at last. @param evidence ≥ 0 */
export function priorShare(evidence: number): number {
  return HALF_EVIDENCE / (evidence + HALF_EVIDENCE);
}

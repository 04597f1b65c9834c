import { readFileSync } from 'node:fs';

/** The policy that docs/csp.md gives under a heading: what is promised is what is tested. */
export function documentedPolicy(heading: string): string {
  const section = readFileSync('docs/csp.md', 'utf8').split(`\n## ${heading}`)[1];
  const policy = section?.match(/```\n(.+)\n```/)?.[1];
  if (policy === undefined) throw new Error(`docs/csp.md has no policy under “${heading}”`);
  return policy;
}

/** Where violations are reported: by the page, and by Workers, which have a policy of their own. */
export const REPORTS = '/csp-report';

/** Headers that enforce `policy` and report to the server's log. */
export function enforced(policy: string): Record<string, string> {
  return { 'content-security-policy': `${policy}; report-uri ${REPORTS}` };
}

import { wayText } from '../view/wayOut';
import type { HealthReport } from './checkHealth';
import type { Finding } from './finding';

/** What `coppice doctor --json` prints. */
export function healthJson({ findings, fixed }: HealthReport): object {
  return { healthy: isHealthy(findings), findings: findings.map(findingJson), fixed: fixed.map(findingJson) };
}

/** Warnings are no illness. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state === 'good' || state === 'warning');
}

function findingJson(finding: Finding): object {
  const { check, state, message, fix } = finding;
  return { check, state, message, advice: adviceText(finding, 'terminal') ?? null, fixable: fix !== undefined };
}

/** What puts a finding right, as it is read in one place. */
export function adviceText({ way, advice }: Finding, place: 'window' | 'terminal'): string | undefined {
  return way ? wayText(way, place) : advice;
}

import { adviceText, healthJson, isHealthy } from '../app/health/healthJson';
import type { HealthReport } from '../app/health/checkHealth';
import type { Finding, FindingState } from '../app/health/finding';
import { type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';

const marks: Readonly<Record<FindingState, string>> = { good: '✓', warning: '!', problem: '✗', unknown: '?' };

export const registerDoctor: Register = (program, { product, cwd }) => {
  program
    .command('doctor')
    .description('what is not as it should be, each with what puts it right; changes nothing without --fix')
    .option('--fix', 'start again what should run; data and environments stay')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', '\nExit code 1: something is not as it should be; warnings are told, and are none.')
    .action(async ({ fix = false, json = false }: { readonly fix?: boolean; readonly json?: boolean }) => {
      const health = await withRun(json, (run) => product.health.check({ folder: cwd, fix }, run));
      if (json) printJson(healthJson(health));
      else print(healthText(health));
      if (!isHealthy(health.findings)) process.exitCode = 1;
    });
};

function healthText({ findings, fixed }: HealthReport): string {
  const lines = [...fixed.map(({ message }) => `↻ Put right: ${printable(message)}`), ...findings.flatMap(linesOf)];
  const isFixable = findings.some(({ fix }) => fix !== undefined);
  return [
    ...lines,
    ...(isFixable ? ['', '"coppice doctor --fix" starts again what should run; data and environments stay.'] : []),
  ].join('\n');
}

function linesOf(finding: Finding): string[] {
  const advice = adviceText(finding, 'terminal');
  const first = `${marks[finding.state]} ${printable(finding.message)}`;
  return advice === undefined ? [first] : [first, `  ${printable(advice)}`];
}

import { formatTable } from '../core/text/formatTable';
import { createInterface } from 'node:readline/promises';
import type { Proposal, ProposalChoices, ProposalQuestion } from '../app/init/proposal';
import { usedTools } from '../core/uses/usedTools';
import { environmentFileName } from '../core/environmentFile';
import { AppError } from '../core/errors';

import { type Register, withRun } from './context';
import { printable } from './table';
import { print, printJson } from './terminal';
import type { Terminal } from './yesOrNo';

interface Options {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const registerInit: Register = (program, { product, cwd }) => {
  program
    .command('init')
    .description(`write a ${environmentFileName} by what this repository says`)
    .option('--yes', 'ask nothing: the guesses count')
    .option('--dry-run', 'print the file, and write nothing')
    .option('--force', `replace the ${environmentFileName} that is there`)
    .option('--json', 'print one line of JSON')
    .action(async ({ yes, dryRun, force, json }: Options) => {
      const folder = await product.worktrees.path(cwd, AbortSignal.timeout(30_000));
      const propose = (choices: ProposalChoices): Promise<Proposal> =>
        withRun(true, (run) => product.environmentFile.propose({ folder, choices }, run));
      const first = await propose({});
      const isAsked = !yes && !json && !dryRun;
      const choices = isAsked ? await askInTerminal(first.questions) : {};
      const proposal = Object.keys(choices).length === 0 ? first : await propose(choices);
      if (!dryRun)
        await withRun(true, (run) =>
          product.environmentFile.write({ folder, text: proposal.text, replaces: force === true }, run),
        );
      if (json) return printJson({ ...proposal, file: environmentFileName, written: !dryRun });
      if (!dryRun) return print(summary(proposal, true));
      // What is on standard output can be a file.
      process.stderr.write(`${summary(proposal, false)}\n`);
      return print(proposal.text.trimEnd());
    });
};

/** What was found, what was guessed, and what was left out. */
export function summary({ services, database, uses, guesses, leftOut, isKnown }: Proposal, isWritten: boolean): string {
  const rows = services.map(({ name, kind, runs }) => [
    name,
    printable(kind),
    printable(runs ?? 'runs in a container'),
  ]);
  if (database !== undefined) rows.push(['database', 'PostgreSQL', printable(database)]);
  for (const { name, tool } of uses) rows.push([name, usedTools[tool].title, 'each environment has its own']);
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${printable(line)}`)];
  const written = isWritten ? `${environmentFileName} is written: look at it, and commit it.` : 'Nothing was written.';
  const unknown = `Nothing here says how this repository is started: ${environmentFileName} is an example to be filled in.`;
  return [
    ...(isKnown ? [formatTable(rows)] : [unknown]),
    ...list(
      'Guessed:',
      guesses.map(({ path, text }) => `${path}: ${text}`),
    ),
    ...list(
      'Not carried over:',
      leftOut.map(({ file, path, reason }) => `${file}${path === '' ? '' : ` (${path})`}: ${reason}`),
    ),
    '',
    ...(isWritten && isKnown ? [written, 'Then "coppice create my-branch" makes the first environment.'] : [written]),
  ].join('\n');
}

/** Asks what a person may decide otherwise; without a person the guesses count. */
export async function askInTerminal(
  questions: readonly ProposalQuestion[],
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<ProposalChoices> {
  if (!input.isTTY || !output.isTTY || questions.length === 0) return {};
  const asking = createInterface({ input, output });
  asking.once('SIGINT', () => process.emit('SIGINT'));
  let isOver = false;
  const ended = new Promise<string>((resolve) => {
    asking.once('close', () => {
      isOver = true;
      resolve('');
    });
  });
  // An input that ends decides nothing.
  const ask = async (text: string): Promise<string> => (isOver ? '' : Promise.race([asking.question(text), ended]));
  try {
    let choices: ProposalChoices = {};
    for (const question of questions) {
      if (question.kind === 'database') {
        const answer = await ask(`A PostgreSQL database for every worktree (${printable(question.because)})? [Y/n] `);
        if (/^n/i.test(answer.trim())) choices = { ...choices, database: false };
        continue;
      }
      for (const [index, { name, what }] of question.services.entries())
        output.write(`  ${index + 1}. ${printable(name)}: ${printable(what)}\n`);
      const answer = await ask('Which services does an environment have? [all] ');
      const numbers = answer.split(/[\s,]+/).filter((word) => word !== '' && word !== 'all');
      if (numbers.length === 0) continue;
      const services = numbers.map(
        (word) =>
          question.services[Number(word) - 1]?.name ?? question.services.find(({ name }) => name === word)?.name,
      );
      if (services.includes(undefined))
        throw new AppError(
          'invalidInput',
          `There is no service ${JSON.stringify(answer.trim())}: name numbers of the list.`,
        );
      choices = { ...choices, services: services.filter((name) => name !== undefined) };
    }
    return choices;
  } finally {
    asking.close();
  }
}

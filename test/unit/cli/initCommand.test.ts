import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ProposalQuestion } from '../../../src/app/init/proposal';
import { askInTerminal } from '../../../src/cli/initCommand';

const questions: readonly ProposalQuestion[] = [
  {
    kind: 'services',
    services: [
      { name: 'web', what: 'Next.js' },
      { name: 'api', what: 'Express' },
    ],
  },
  { kind: 'database', because: 'pg in package.json' },
];

/** A terminal at which the answers were typed before they are asked for. */
function terminal(isTTY: boolean, ...answers: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = Object.assign(new PassThrough(), { isTTY });
  let next = 0;
  output.on('data', (text: Buffer) => {
    const line = answers[next];
    if (!/\] $/.test(String(text))) return;
    next++;
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  return { input, output };
}

describe('what a person is asked about a coppice.yaml', () => {
  it.each([
    [['', ''], {}],
    [['2', 'n'], { services: ['api'], database: false }],
    [['web, 2', 'y'], { services: ['web', 'api'] }],
    [['all', 'no'], { database: false }],
    // The input ends: nobody decides otherwise.
    [[], {}],
  ])('%j', async (answers, choices) => {
    expect(await askInTerminal(questions, terminal(true, ...answers))).toEqual(choices);
  });

  it('is told when it names a service that there is not', async () => {
    await expect(askInTerminal(questions, terminal(true, '7'))).rejects.toMatchObject({ code: 'invalidInput' });
  });

  it('is nothing where nobody can be asked', async () => {
    expect(await askInTerminal(questions, terminal(false))).toEqual({});
  });
});

import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirmLoss } from '../../../src/cli/confirmLoss';

function aTerminal(isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }) };
}

it('names all that goes, and takes only a yes for one', async () => {
  const terminal = aTerminal();
  terminal.input.write('y\n');
  await confirmLoss(['x: the files of /x', 'y\u001b[2J'], {}, terminal);
  const shown = String(terminal.output.read());
  expect(shown).toContain('  x: the files of /x\n');
  expect(shown).not.toContain('\u001b[2J');
  for (const typed of ['\n', 'n\n', 'yesterday\n']) {
    const another = aTerminal();
    another.input.write(typed);
    await expect(confirmLoss(['x'], {}, another)).rejects.toMatchObject({ code: 'conflict' });
  }
});

it('asks nobody with --yes, and refuses with what would go where nobody can answer', async () => {
  const terminal = aTerminal();
  await confirmLoss(['x'], { yes: true }, terminal);
  expect(terminal.output.read()).toBeNull();
  const refused = { code: 'conflict', explanation: 'x\ny', message: expect.stringContaining('--yes') as string };
  await expect(confirmLoss(['x', 'y'], {}, aTerminal(false))).rejects.toMatchObject(refused);
  await expect(confirmLoss(['x', 'y'], { json: true }, terminal)).rejects.toMatchObject(refused);
});

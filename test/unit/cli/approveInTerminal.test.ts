import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { approveInTerminal } from '../../../src/cli/approveInTerminal';

const question = {
  source: 'origin/x',
  commands: [{ place: 'database.migrate', text: 'npm run migrate', content: '' }],
};
const { signal } = new AbortController();

function aTerminal(isTTY = true) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  return { input: Object.assign(input, { isTTY }), output: Object.assign(output, { isTTY }) };
}

describe('what a repository runs, asked about in a terminal', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
  ])('takes %j as %s, after the commands were shown', async (typed, answer) => {
    const terminal = aTerminal();
    terminal.input.write(typed);
    expect(await approveInTerminal({}, terminal)?.(question, signal)).toBe(answer);
    const shown = String(terminal.output.read());
    expect(shown).toContain('coppice.yaml of origin/x runs a command on this machine');
    expect(shown).toContain('  database.migrate: npm run migrate\n');
  });

  it('takes the end of the input for a no, and ends with the signal', async () => {
    const ended = aTerminal();
    ended.input.end();
    expect(await approveInTerminal({}, ended)?.(question, signal)).toBe(false);
    const cancel = new AbortController();
    const asking = approveInTerminal({}, aTerminal())?.(question, cancel.signal);
    cancel.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('asks nobody with --yes, and where nobody would see it', async () => {
    const terminal = aTerminal();
    expect(await approveInTerminal({ yes: true }, terminal)?.(question, signal)).toBe(true);
    expect(terminal.output.read()).toBeNull();
    expect(approveInTerminal({ json: true }, terminal)).toBeUndefined();
    expect(approveInTerminal({}, aTerminal(false))).toBeUndefined();
  });
});

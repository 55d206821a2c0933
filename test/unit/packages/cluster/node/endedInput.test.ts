import { describe, expect, it } from 'vitest';
import { endedInput } from '../../../../../packages/cluster/src/node/endedInput';

describe('a program that ended with its input', () => {
  it.each([
    ['esbuild app.ts --watch --outfile=x.js', [], /--watch=forever/],
    ['/w/node_modules/.bin/esbuild --serve=9000 app.ts', [], /--watch=forever/],
    ['npm run watch', ['', '> app@1.0.0 watch', '> esbuild app.ts --watch'], /--watch=forever/],
    ['npx @tailwindcss/cli -i a.css -o b.css --watch', [], /--watch=always/],
    ['pnpm watch', ['$ rollup -c -w'], /goes on with stdin: true/],
    ['rollup -cw', [], /goes on with stdin: true/],
    ['webpack --watch --watch-options-stdin', [], /without --watch-options-stdin/],
    ['python3', [], /give it arguments/],
  ])('is told: %s', (command, lines, said) => {
    expect(endedInput(command.split(' '), lines, 800)).toMatch(/^its input is closed, and it ends with that; /);
    expect(endedInput(command.split(' '), lines, 800)).toMatch(said);
  });

  it.each([
    ['esbuild app.ts --watch=forever', [], 800],
    ['esbuild app.ts --bundle', [], 800],
    ['tailwindcss --watch=always', [], 800],
    ['node migrate.js', [], 800],
    ['npm run build', ['> rollup -c'], 800],
    ['esbuild app.ts --watch', [], 60_000],
  ])('is not guessed: %s', (command, lines, ranMs) => {
    expect(endedInput(command.split(' '), lines, ranMs)).toBeUndefined();
  });
});

import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/context';
import { createProgram } from '../../../src/cli/program';

// No command is run: none of it is asked for.
const context = { env: {}, settings: {}, passedOn: [], cwd: '/' } as unknown as CliContext;
const program = (first?: string): Command => createProgram(context, '1.0.0', first);
const namesOf = (command: Command): string[] => [command.name(), ...command.aliases()];
/** What a command and those below it say of themselves. */
const helpOf = (command: Command): string[] => [command.helpInformation(), ...command.commands.flatMap(helpOf)];

describe('the program that is made for one call', () => {
  const all = program().commands;

  it.each(all.flatMap(namesOf))('has for %s the same command as the whole one, and few others', (name) => {
    const { commands } = program(name);
    const find = (among: readonly Command[]) =>
      among.filter((command) => namesOf(command).includes(name)).flatMap(helpOf);
    expect(find(commands)).toEqual(find(all));
    expect(find(commands).length).toBeGreaterThan(0);
    expect(commands.length).toBeLessThan(5);
  });

  it.each([undefined, '--verbose', '--help', 'help', 'nothing', ''])('is the whole one where %j is called', (first) => {
    expect(all.length).toBeGreaterThan(30);
    expect(program(first).commands.map(namesOf)).toEqual(all.map(namesOf));
  });
});

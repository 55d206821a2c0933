import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/cli/context';
import { listOption } from '../../../src/cli/listOption';
import { createProgram } from '../../../src/cli/program';
import type { Settings } from '../../../src/core/settings';

/** Nothing of it is used before a command runs. */
const context: CliContext = {
  product: {} as never,
  settings: {} as Settings,
  cwd: '/',
  env: {},
  passedOn: [],
  now: () => 0,
};

function valued(command: Command, path: readonly string[] = []): string[] {
  const own = command.options
    .filter((option) => option.required || option.optional)
    .map((option) => [...path, `${option.long ?? ''}${option.parseArg ? ' (list)' : ''}`].join(' '));
  return [...own, ...command.commands.flatMap((each) => valued(each, [...path, each.name()]))];
}

describe('options that take several names', () => {
  it('are these, of all that take a value', () => {
    expect(valued(createProgram(context, '1.0.0')).sort()).toEqual([
      'clean --older-than',
      'cluster choose --confirm',
      'cluster delete --discard (list)',
      'cluster setup --name',
      'cluster setup --port',
      'create --database-from',
      'create --discard (list)',
      'create --from',
      'create --path',
      'create --prompt',
      'create --prompt-file',
      'create --several',
      'database diff --with',
      'database protect --database',
      'database rows --since',
      'database snapshots --delete',
      'database unprotect --database',
      'delete --discard (list)',
      'delete --namespace',
      'fork --path',
      'fork --prompt',
      'fork --prompt-file',
      'hook --limit',
      'infra setup --parts (list)',
      'logs --tail',
      'logs --worktree',
      'metrics --since',
      'pool fill --patience',
      'promote --discard (list)',
      'promote --drop',
      'promote --into',
      'restart --discard (list)',
      'scale --discard (list)',
      'sleep --unused-since',
      'traces --since',
      'trash empty --database',
      'wait --timeout',
    ]);
  });

  const lists = [
    { path: ['delete'], flag: '--discard', one: 'untracked', two: 'ignored' },
    { path: ['cluster', 'delete'], flag: '--discard', one: 'others', two: 'environments' },
    { path: ['infra', 'setup'], flag: '--parts', one: 'grafana', two: 'loki' },
  ];
  it.each(lists)('$path $flag takes all, however they are given', ({ path, flag, one, two }) => {
    for (const given of [
      [flag, one, flag, two],
      [`${flag}=${one}`, `${flag}=${two}`],
      [flag, `${one},${two}`],
      [flag, `${one}, ${two}`],
      [flag, `${one},${two}`, flag, one],
    ]) {
      const program = createProgram(context, '1.0.0');
      const command = path.reduce<Command>((at, name) => {
        const found = at.commands.find((each) => each.name() === name);
        if (!found) throw new Error(`no command ${name}`);
        return found;
      }, program);
      command.parseOptions(given);
      expect(command.opts()).toEqual({ [flag.slice(2)]: [one, two] });
    }
  });

  it('refuse what is no such name, also an empty one', () => {
    const { parseArg } = listOption('--discard <losses>', 'by name', 'loss', ['ignored', 'untracked']);
    for (const wrong of ['everything', '', 'ignored,', 'ignored,,untracked'])
      expect(() => parseArg?.(wrong, undefined as never)).toThrow(/is no loss: there are ignored, untracked\.$/);
  });
});

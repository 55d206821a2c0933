import { expect, it } from 'vitest';
import { lossKinds, type Loss } from '../../../../src/core/errors';
import { wouldLose } from '../../../../src/app/environment/delete/wouldLose';
import { lossExamples, lossName } from '../../../../src/core/worktrees/lossText';
import { lossButton, lossLines } from '../../../../src/ui/delete/losses';

it.each(lossKinds)('calls %s the same in the question, on its button and in the message of the error', (kind) => {
  for (const count of [1, 3]) {
    const losses: Loss[] = [{ kind, count, examples: ['a'] }];
    const name = lossName({ kind, count });
    expect(lossButton(losses)).toBe(`Delete and lose ${name}`);
    expect(lossLines(losses)).toContain(`• ${name}: a`);
    expect(wouldLose('x', losses).message).toBe(`Deleting x would lose ${name}.`);
  }
});

it('says how many there are beside its examples, wherever they are told', () => {
  const nested: Loss = { kind: 'nested', count: 7, examples: ['a (repository)', 'b (repository)', 'c (worktree)'] };
  const told = 'a (repository), b (repository), c (worktree) and 4 more';
  expect(lossExamples(nested)).toBe(told);
  expect(wouldLose('x', [nested]).explanation).toBe(`nested: ${told}`);
  expect(lossLines([nested])).toBe(`• 7 repositories or worktrees within: ${told}`);
});

it('does not count the rows of a database as its tables', () => {
  expect(lossExamples({ kind: 'database', count: 31, examples: ['numbers (31 rows)'] })).toBe('numbers (31 rows)');
});

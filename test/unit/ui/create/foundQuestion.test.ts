import { expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { AppError } from '../../../../src/core/errors';
import { askFound } from '../../../../src/ui/create/foundQuestion';

it('names all that starting anew would delete, before it is chosen', async () => {
  const ask = vi.spyOn(vscode.window, 'showWarningMessage').mockResolvedValue('Delete It and Start Anew' as never);
  const data = ['cache (Redis)', 'db (MySQL)'];
  const found = { namespace: 'worktree-x', database: 'wt_x', data, folder: undefined };
  expect(await askFound(new AppError('conflict', 'Something is left.', { found }))).toBe('fresh');
  expect(ask.mock.calls[0]?.[1]).toEqual({
    modal: true,
    detail:
      'Namespace: worktree-x\nDatabase: wt_x. To start anew deletes what is in it.\nData of cache (Redis), db (MySQL). To start anew deletes them.',
  });
});

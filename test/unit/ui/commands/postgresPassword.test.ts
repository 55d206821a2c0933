import { expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import { setPostgresPassword } from '../../../../src/ui/commands/setPostgresPassword';
import { aContext } from '../context';

async function kept(typed: string | undefined): Promise<(string | undefined)[]> {
  const stored: (string | undefined)[] = [];
  const ask = vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue(typed);
  const { context } = aContext({ secrets: { storePostgresPassword: async (password) => void stored.push(password) } });
  await setPostgresPassword(context, undefined);
  expect(ask.mock.lastCall?.[0]).toMatchObject({ password: true });
  ask.mockRestore();
  return stored;
}

test('what is typed is stored, nothing typed forgets it, and turning away changes nothing', async () => {
  expect(await kept('s3cret')).toEqual(['s3cret']);
  expect(await kept('')).toEqual([undefined]);
  expect(await kept(undefined)).toEqual([]);
});

import { afterEach, expect, test, vi } from 'vitest';
import * as vscode from 'vscode';
import type { ChooseClusterRequest } from '../../../../src/app/cluster/chooseCluster';
import type { ClusterOption } from '../../../../src/app/cluster/clusterOptions';
import { AppError } from '../../../../src/core/errors';
import { chooseCluster } from '../../../../src/ui/commands/chooseCluster';
import type { ClusterChoice } from '../../../../src/ui/cluster/clusterChoices';
import { aSnapshot } from '../builders';
import { aContext } from '../context';
import { identityOf } from '../../../support/identityOf';

afterEach(() => void vi.restoreAllMocks());

const option = (name: string, change: Partial<ClusterOption> = {}): ClusterOption => ({
  name,
  chosen: {
    identity: { kind: name === 'embedded' ? 'embedded' : 'context', context: name, server: `https://${name}` },
    kubeconfigs: [],
  },
  isAllowed: true,
  looksLikeProduction: false,
  ...change,
});
const options = [
  option('embedded'),
  option('far', { isAllowed: false }),
  option('prod', { looksLikeProduction: true }),
  option('$(x)'),
];

/** Answers the question with the row of this label, and the next one with what is typed. */
async function answer(label: string | undefined, typed?: string, problem?: AppError) {
  const asked: ChooseClusterRequest[] = [];
  const rows: ClusterChoice[] = [];
  const snapshot = aSnapshot();
  const repository = snapshot.repository;
  if (!repository) throw new Error('the snapshot has a repository');
  const made = aContext({
    clusters: {
      options: async () => ({ repository, current: options[0]?.chosen.identity, options, problem }),
      choose: async (request) => {
        asked.push(request);
        return { cluster: { kind: 'embedded' }, elsewhere: [identityOf('left')] };
      },
    },
  });
  made.publish(snapshot);
  const pick = vi.fn(async (items: unknown) => {
    rows.push(...(await (items as Promise<ClusterChoice[]>)));
    return rows.find((row) => row.label === label);
  });
  vi.spyOn(vscode.window, 'showQuickPick').mockImplementation(pick);
  const input = vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue(typed);
  const warned = vi.spyOn(vscode.window, 'showWarningMessage').mockResolvedValue(undefined);
  const done = chooseCluster(made.context, undefined);
  const error: unknown = await Promise.resolve(done).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  // The rest of the rows are other commands.
  const clusters = rows.filter((row) => row.option !== undefined || row.problem !== undefined);
  return { asked, rows: clusters, error, input, warned, calls: made.calls };
}

test('every cluster is a row with its server; those that are not allowed come last and say so', async () => {
  const { rows } = await answer(undefined);
  expect(rows.map(({ label, description, detail }) => [label, description, detail])).toEqual([
    ['Embedded cluster', 'in use', expect.any(String)],
    ['prod', 'looks like production', 'https://prod'],
    ['\\$(x)', '', 'https://$(x)'.replace('$(', '\\$(')],
    ['far', 'not allowed', 'https://far'],
  ]);
});

test('turning away chooses nothing', async () => {
  const { asked, error } = await answer(undefined);
  expect({ asked, error }).toEqual({ asked: [], error: undefined });
});

test('what is chosen is chosen at once, and shown; what stays elsewhere is told', async () => {
  const { asked, input, warned, calls } = await answer('Embedded cluster');
  expect(asked).toMatchObject([{ name: 'embedded', confirmed: undefined }]);
  expect(input).not.toHaveBeenCalled();
  expect(calls).toContain('refresh');
  expect(warned.mock.lastCall?.[0]).toContain('1 environment lives in another cluster');
  expect(warned.mock.lastCall?.[0]).toContain('left');
});

test('one that looks like production is chosen only when its name is typed', async () => {
  expect((await answer('prod', 'prod')).asked).toMatchObject([{ name: 'prod', confirmed: 'prod' }]);
  const away = await answer('prod', undefined);
  expect(away).toMatchObject({ asked: [], error: undefined });
  const wrong = await answer('prod', 'pro');
  expect(wrong).toMatchObject({ asked: [], error: { code: 'conflict' } });
});

test('one that is not allowed is left to the use case, which tells how to allow it', async () => {
  const { asked, input } = await answer('far');
  expect(asked).toMatchObject([{ name: 'far' }]);
  expect(input).not.toHaveBeenCalled();
});

test('a kubeconfig that cannot be read is a row that says why', async () => {
  const problem = new AppError('notConfigured', 'The kubeconfig is broken.');
  const { rows, error } = await answer('$(warning) Contexts could not be read', undefined, problem);
  expect(rows.at(-1)).toMatchObject({ detail: 'The kubeconfig is broken.' });
  expect(error).toBe(problem);
});

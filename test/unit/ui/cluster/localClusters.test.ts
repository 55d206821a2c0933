import { afterEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import type { DeleteClusterRequest } from '../../../../src/app/cluster/deleteCluster';
import type { SetUpRequest } from '../../../../src/app/cluster/setUpCluster';
import type { ChosenCluster } from '../../../../src/core/ports/clusters';
import type { LocalClusterRecord } from '../../../../src/core/ports/localClusters';
import { deleteQuestion } from '../../../../src/ui/cluster/deleteClusterFlow';
import { chooseCluster } from '../../../../src/ui/commands/chooseCluster';
import { deleteCluster } from '../../../../src/ui/commands/deleteCluster';
import { setUpCluster } from '../../../../src/ui/commands/setUpCluster';
import { aSnapshot } from '../builders';
import { aContext } from '../context';

const folder = aSnapshot().repository?.root ?? '';
const record = (name: string): LocalClusterRecord => ({
  version: 1,
  name,
  mark: 'm',
  state: 'created',
  httpPort: 80,
  registry: 'localhost:5001',
  folders: [],
  access: undefined,
  createdAt: '2026-11-22T10:00:00.000Z',
});

afterEach(() => vi.restoreAllMocks());

describe('Set Up Cluster', () => {
  const run = async (typed: string | undefined, httpPort = 80) => {
    const requests: SetUpRequest[] = [];
    const ask = vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue(typed);
    const told = vi.spyOn(vscode.window, 'showInformationMessage').mockResolvedValue(undefined);
    const { context } = aContext(
      {
        clusters: {
          setUp: async (request) => {
            requests.push(request);
            const name = request.name ?? '';
            return {
              name,
              identity: { kind: 'k3d' },
              kubeconfig: '',
              httpPort,
              registry: 'localhost:5001',
              found: false,
            };
          },
        },
      },
      [folder],
    );
    await setUpCluster(context, undefined);
    return { requests, told: told.mock.calls.map(([message]) => message), options: ask.mock.lastCall?.[0] };
  };

  it('asks for a name, and says which names it cannot take', async () => {
    const { requests, told, options } = await run('mine');
    expect(requests).toEqual([{ folder, name: 'mine' }]);
    expect(told).toEqual(['The environments of this repository run in the cluster mine from now on.']);
    expect(options?.validateInput?.('Mine')).toMatch(/no name for a cluster/);
    expect(options?.validateInput?.('mine')).toBeUndefined();
  });

  it('says which port the URLs have when it is not the one that needs no saying', async () => {
    expect((await run('mine', 8081)).told).toEqual([expect.stringContaining('Its URLs have port 8081.')]);
  });

  it('does nothing when the person turns away', async () => {
    expect((await run(undefined)).requests).toEqual([]);
  });
});

describe('Choose Cluster', () => {
  it('leads to Set Up Cluster, for who has none in containers yet', async () => {
    const asked = vi.spyOn(vscode.window, 'showInputBox').mockResolvedValue(undefined);
    const labels: string[] = [];
    const showQuickPick = async (rows: Promise<readonly { label: string }[]>): Promise<unknown> => {
      labels.push(...(await rows).map(({ label }) => label));
      return (await rows).at(-1);
    };
    Object.assign(vscode.window, { showQuickPick });
    const chosen: ChosenCluster = { identity: { kind: 'embedded' }, kubeconfigs: [] };
    const option = { name: 'embedded', chosen, isAllowed: true, looksLikeProduction: false };
    const { repository } = aSnapshot();
    if (!repository) throw new Error('no repository');
    const options = { repository, current: chosen.identity, options: [option], problem: undefined };
    const { context } = aContext({ clusters: { options: async () => options } }, [folder]);
    await chooseCluster(context, undefined);
    expect(labels).toEqual(['Embedded cluster', '$(add) Set Up Cluster…']);
    expect(asked.mock.lastCall?.[0]).toMatchObject({ title: 'Set Up Cluster' });
  });
});

describe('Delete Cluster', () => {
  const contents = { name: 'one', own: ['worktree-a'], others: ['worktree-b'], isUnseen: false };
  const run = async (answer: string | undefined, names = ['one']) => {
    const requests: DeleteClusterRequest[] = [];
    Object.assign(vscode.window, { showQuickPick: async () => 'one' });
    const ask = vi.spyOn(vscode.window, 'showWarningMessage').mockResolvedValue(answer as never);
    const { context } = aContext(
      {
        clusters: {
          local: async () => names.map(record),
          contents: async () => contents,
          delete: async (request) => (requests.push(request), contents),
        },
      },
      [folder],
    );
    await deleteCluster(context, undefined);
    return { requests, asked: ask.mock.lastCall };
  };

  it('accepts by name what the person was shown, and nothing else', async () => {
    const { button } = deleteQuestion(contents);
    const { requests, asked } = await run(button, ['one', 'two']);
    expect(requests).toEqual([{ folder, name: 'one', accepted: ['worktree-a', 'worktree-b'], unseen: false }]);
    expect(asked?.[1]).toMatchObject({
      modal: true,
      detail: expect.stringMatching(
        /1 environment of this repository.*worktree-a\.\n1 environment of other.*worktree-b/s,
      ),
    });
  });

  it('deletes nothing when the person turns away, and says when there is nothing', async () => {
    expect((await run(undefined)).requests).toEqual([]);
    await expect(run(undefined, [])).rejects.toMatchObject({ code: 'notFound' });
  });

  it('names in its button what is lost', () => {
    const button = (own: number, others: number): string =>
      deleteQuestion({ name: 'x', own: Array(own).fill('a'), others: Array(others).fill('b'), isUnseen: false }).button;
    expect(button(0, 0)).toBe('Delete Cluster');
    expect(button(2, 0)).toBe('Delete With 2 Environments');
    expect(button(2, 1)).toBe("Delete With 1 Other Repository's Environment");
    expect(deleteQuestion({ ...contents, own: [], others: [], isUnseen: true }).detail).toContain('cannot be seen');
  });
});

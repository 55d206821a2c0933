import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import type { RemoveInfraRequest } from '../../../src/app/infra/removeInfra';
import type { SetUpInfraRequest } from '../../../src/app/infra/setUpInfra';
import { AppError } from '../../../src/core/errors';
import { removeInfra } from '../../../src/ui/commands/removeInfra';
import { setUpInfra } from '../../../src/ui/commands/setUpInfra';
import { toItem } from '../../../src/ui/tree/item';
import { toTree } from '../../../src/ui/tree/nodes';
import { aService, aSnapshot, anEnvironment } from './builders';
import { aContext } from './context';

const services = [
  aService({ name: 'grafana', urls: ['http://grafana.localhost/'] }),
  aService({ name: 'postgresql', health: 'degraded', state: 'CrashLoopBackOff', reason: 'no room\u001b[31m' }),
];
const infra = anEnvironment({ namespace: 'infra', health: 'degraded', services });

describe('the rows of infra', () => {
  it('are there only where infra is: one of its own, with its services below', () => {
    expect([...toTree(aSnapshot({ entries: [] }), []).nodes.keys()]).not.toContain('infra');
    const { nodes, children } = toTree(aSnapshot({ infra }), []);
    expect(children.get(undefined)?.at(-1)).toBe('infra');
    expect(children.get('infra')).toEqual(['infra#service:grafana', 'infra#service:postgresql']);
    const items = ['infra', ...(children.get('infra') ?? [])].map((id) => {
      const node = nodes.get(id);
      return node && toItem(node);
    });
    expect(items.map((item) => item && [item.label, item.description, item.contextValue, item.collapsible])).toEqual([
      ['Infra', 'postgresql: CrashLoopBackOff', 'infra;', 'collapsed'],
      ['grafana', '', 'infraService;url;', 'no'],
      ['postgresql', expect.stringContaining('no room'), 'infraService;', 'no'],
    ]);
    expect(items[2]?.description).not.toContain('\u001b');
  });
});

describe('setting infra up and removing it', () => {
  const warned: string[] = [];

  beforeEach(() => {
    warned.length = 0;
    vi.restoreAllMocks();
    vi.spyOn(vscode.window, 'showInformationMessage').mockResolvedValue(undefined);
  });

  const answers = (answer: string | undefined): void => {
    vi.spyOn(vscode.window, 'showWarningMessage').mockImplementation(async (message, options) => {
      warned.push(message, options.detail ?? '');
      return answer as never;
    });
  };

  it('leads to a cluster that can have it from one that cannot', async () => {
    const refusal = new AppError('notConfigured', 'The embedded cluster runs no containers.');
    const { context } = aContext(
      {
        infra: {
          status: async () => {
            throw refusal;
          },
        },
      },
      ['/repo'],
    );
    const executed = vi.spyOn(vscode.commands, 'executeCommand').mockResolvedValue(undefined);
    answers('Set Up Cluster…');
    await setUpInfra(context, undefined);
    expect(executed.mock.calls).toEqual([['coppice.setUpCluster']]);
    answers(undefined);
    await setUpInfra(context, undefined);
    expect(executed.mock.calls).toHaveLength(1);
    const broken = aContext({ infra: { status: async () => Promise.reject(new AppError('unreachable', 'away')) } }, [
      '/repo',
    ]);
    await expect(setUpInfra(broken.context, undefined)).rejects.toThrow('away');
  });

  it('asks for the parts, and for consent where data cannot outlive the pods', async () => {
    const asked: SetUpInfraRequest[] = [];
    const stored: (string | undefined)[] = [];
    const showQuickPick = async (rows: readonly { readonly part: string; readonly picked: boolean }[]) => {
      const before = rows.filter(({ picked }) => picked);
      expect(before.map(({ part }) => part)).toEqual(['grafana', 'loki']);
      return before;
    };
    Object.assign(vscode.window, { showQuickPick });
    const { context } = aContext(
      {
        infra: {
          status: async () => ({ parts: ['grafana', 'loki'], ephemeral: false, health: 'healthy', services: [] }),
          setUp: async (request) => {
            asked.push(request);
            if (request.ephemeral === undefined)
              throw new AppError('conflict', 'No volumes.', {
                remedy: { title: 'Open Settings', action: { kind: 'openSettings', setting: 'infra.values' } },
              });
            return { parts: ['grafana', 'loki'], services: [], ready: true, found: true };
          },
          grafanaPassword: async () => 'secret',
        },
        secrets: { storeGrafanaPassword: async (password) => void stored.push(password) },
      },
      ['/repo'],
    );
    answers(undefined);
    await setUpInfra(context, undefined);
    expect(asked).toHaveLength(1);
    expect(stored).toEqual([]);
    answers('Keep Data Only While It Runs');
    await setUpInfra(context, undefined);
    expect(asked.map(({ ephemeral }) => ephemeral)).toEqual([undefined, undefined, true]);
    expect(stored).toEqual(['secret']);
  });

  it('loses databases that live as long as their pod only where somebody says so', async () => {
    const asked: SetUpInfraRequest[] = [];
    const showQuickPick = async (rows: readonly { readonly picked: boolean }[]) => rows.filter(({ picked }) => picked);
    Object.assign(vscode.window, { showQuickPick });
    const { context } = aContext(
      {
        infra: {
          status: async () => ({ parts: ['postgresql'], ephemeral: true, health: 'healthy', services: [] }),
          setUp: async (request) => {
            asked.push(request);
            const losses = [{ kind: 'data', count: 1, examples: ['worktree-a'] }] as const;
            if (!request.accepted?.includes('worktree-a')) throw new AppError('conflict', 'Lost.', { losses });
            return { parts: ['postgresql'], services: [], ready: true, found: true };
          },
          grafanaPassword: async () => undefined,
        },
        secrets: { storeGrafanaPassword: async () => undefined },
      },
      ['/repo'],
    );
    answers(undefined);
    await setUpInfra(context, undefined);
    expect(asked.map(({ accepted }) => accepted)).toEqual([undefined]);
    expect(warned[1]).toContain('worktree-a');
    answers('Set Up, and Lose Them');
    await setUpInfra(context, undefined);
    expect(asked.map(({ accepted }) => accepted)).toEqual([undefined, undefined, ['worktree-a']]);
  });

  it('names what is lost, and removes only what was seen', async () => {
    const asked: RemoveInfraRequest[] = [];
    const contents = { volumes: [{ name: 'postgresql', size: '10Gi' }], environments: ['worktree-a'] };
    const { context } = aContext(
      {
        infra: {
          contents: async () => contents,
          remove: async (request) => {
            asked.push(request);
            return contents;
          },
        },
        secrets: { storeGrafanaPassword: async () => undefined },
      },
      ['/repo'],
    );
    answers(undefined);
    await removeInfra(context, undefined);
    expect(asked).toEqual([]);
    expect(warned[1]).toContain('postgresql (10Gi)');
    expect(warned[1]).toContain('worktree-a');
    answers('Remove Infra and Its Data');
    await removeInfra(context, undefined);
    expect(asked.map(({ accepted }) => accepted)).toEqual([['postgresql', 'worktree-a']]);
  });
});

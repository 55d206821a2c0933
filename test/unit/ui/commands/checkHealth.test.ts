import { beforeEach, expect, it } from 'vitest';
import type { HealthRequest } from '../../../../src/app/health/checkHealth';
import type { Finding } from '../../../../src/app/health/finding';
import { checkHealth } from '../../../../src/ui/commands/checkHealth';
import { editor } from '../../../support/vscodeStub';
import { hostileTexts } from '../builders';
import { aContext } from '../context';

beforeEach(() => editor.reset());

const well: Finding = { check: 'programs', state: 'good', message: 'These programs answer: git.' };
const hangs: Finding = {
  ...{ check: 'cluster', state: 'problem', message: 'The cluster (process 7) runs and does not answer.' },
  ...{ way: { command: 'startCluster' }, fix: 'startCluster' },
};
const locked: Finding = {
  check: 'locks',
  state: 'warning',
  message: 'x is locked.',
  advice: 'Git is told by: git worktree unlock x',
};

/** Each pick chooses the first row whose label or detail says it. */
async function choose(findings: readonly Finding[], ...words: string[]) {
  const requests: HealthRequest[] = [];
  const shown: { label: string; detail?: string }[][] = [];
  editor.picks = (items) => {
    shown.push(items as never);
    const word = words.shift();
    return word === undefined ? undefined : items.find(({ label }) => label.includes(word));
  };
  const check = async (request: HealthRequest) => {
    requests.push(request);
    return { findings: request.fix ? [well] : findings, fixed: [] };
  };
  const { context, calls } = aContext({ health: { check } }, ['/repo']);
  await checkHealth(context, undefined);
  return { requests, shown, calls };
}

it('tells the worst first, and changes nothing when it is turned away', async () => {
  const { requests, shown, calls } = await choose([well, locked, hangs]);
  expect(requests).toEqual([{ folder: '/repo', fix: false }]);
  expect(shown.map((items) => items.map(({ label }) => label))).toEqual([
    [
      '$(wand) Put Right What Can Be',
      '$(error) The cluster (process 7) runs and does not answer.',
      '$(warning) x is locked.',
      '$(pass) These programs answer: git.',
    ],
  ]);
  expect(shown[0]?.map(({ detail }) => detail)).toEqual([
    undefined,
    '"Start Cluster" starts it.',
    'Git is told by: git worktree unlock x',
    undefined,
  ]);
  expect({ calls, executed: editor.executed, clipboard: editor.clipboard }).toEqual({
    calls: [],
    executed: [],
    clipboard: '',
  });
});

it('puts right what can be, once it is chosen, and shows how it is then', async () => {
  const { requests, shown, calls } = await choose([hangs], 'Put Right');
  expect(requests.map(({ fix }) => fix)).toEqual([false, true]);
  expect(shown.at(-1)?.map(({ label }) => label)).toEqual(['$(pass) These programs answer: git.']);
  expect(calls).toEqual(['refresh']);
});

it.each<[string, Finding, unknown[][], string]>([
  ['runs the command that does it', hangs, [['coppice.startCluster']], ''],
  ['copies what is typed elsewhere', locked, [], 'x is locked. Git is told by: git worktree unlock x'],
  [
    'shows the rows, where the way out is one of theirs',
    {
      check: 'environments',
      state: 'warning',
      message: 'y: orphan.',
      way: { command: 'delete', name: 'y', does: 'deletes it' },
    },
    [['coppice.worktrees.focus']],
    '',
  ],
])('%s', async (_, finding, executed, clipboard) => {
  const { requests } = await choose([finding], finding.message);
  expect(requests).toHaveLength(1);
  expect({ executed: editor.executed, clipboard: editor.clipboard }).toEqual({ executed, clipboard });
});

it.each(hostileTexts)('shows %j as it is written', async (text) => {
  const { shown } = await choose([{ check: 'environments', state: 'problem', message: text, advice: text }]);
  const [row] = shown[0] ?? [];
  expect(row?.label.slice('$(error) '.length)).not.toMatch(/(?<!\\)\$\(|[\u0000-\u001f\u202e]/);
  expect(row?.detail).not.toMatch(/(?<!\\)\$\(|[\u0000-\u001f\u202e]/);
});

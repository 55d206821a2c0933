import { tokensOf as countTokens } from '../../../support/tokensOf';
import { describe, expect, it } from 'vitest';
import type { ToolPorts } from '../../../../src/app/agentTools/environmentTool';
import { environmentTools } from '../../../../src/app/agentTools/environmentTools';
import { failureText } from '../../../../src/app/agentTools/failureText';
import { AppError } from '../../../../src/core/errors';
import { FakeKeptTexts } from '../../../support/fakes/fakeKeptTexts';
import { anEntry, anEnvironment, aService, aSnapshot } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };
const path = '/repo.worktrees/feature';

function world(change: { path?: () => string } = {}) {
  const asked: { what: string; folder: string; approve: unknown }[] = [];
  const use =
    (what: string, answer: unknown = undefined) =>
    async ({ folder }: { folder: string }, { approve }: { approve?: unknown }) => {
      asked.push({ what, folder, approve });
      return answer;
    };
  const kept = new FakeKeptTexts();
  const services = [aService({ name: 'web' })];
  const ports = {
    kept,
    worktrees: { path: async () => change.path?.() ?? path },
    snapshots: {
      read: async () => aSnapshot({ entries: [anEntry({ environment: anEnvironment({ services }) })] }),
    },
    databases: {
      migrate: use('migrate', { database: 'wt_feature', migrations: [] }),
      status: use('status', { database: 'wt_feature', migrations: [] }),
      query: use('query', {
        columns: ['a', 'b'],
        rows: [
          ['1', 'x\ty\nz'],
          [null, ''],
        ],
        isCut: false,
      }),
    },
    environments: { setup: use('setup', { ran: 2, logs: ['/logs/setup.log'] }) },
    services: { restart: use('restart', { ready: true, services }) },
    diagnosis: {},
  } as unknown as ToolPorts;
  const tools = environmentTools(ports, `${path}/src`);
  const call = (name: string, given: unknown = {}) => {
    const tool = tools.find((each) => each.name === name);
    if (!tool) throw new Error(name);
    return tool.call(given, run).catch(failureText);
  };
  return { tools, call, asked, kept };
}

describe('the tools of a worktree', () => {
  it('are at most eight, and are told in at most 1,500 tokens', () => {
    const { tools } = world();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['where', 'why', 'logs', 'traces', 'restart', 'setup', 'migrations', 'query'],
    ]);
    const told = tools.map(({ name, description, takes }) => JSON.stringify({ name, description, takes })).join('');
    expect(countTokens(told)).toBeLessThanOrEqual(1500);
  });

  it('have no argument that could name another worktree, or a folder', () => {
    const names = world().tools.flatMap(({ takes }) => Object.keys(takes));
    expect(new Set(names)).toEqual(new Set(['service', 'last', 'only', 'id', 'force', 'run', 'table', 'sql']));
  });

  it('approve nothing: nobody is asked', async () => {
    const { call, asked } = world();
    for (const [name, given] of [
      ['setup', { force: true }],
      ['migrations', { run: true }],
      ['restart', { service: 'web' }],
    ] as const)
      await call(name, given);
    expect(asked).toEqual(['setup', 'migrate', 'restart'].map((what) => ({ what, folder: path, approve: undefined })));
  });

  it.each([
    [
      'where',
      { branch: 'main' },
      /There is no argument "branch"\. where takes no arguments\. It is always about this worktree/,
    ],
    ['where', [], /Arguments are an object/],
    ['restart', {}, /"service" is missing\. restart takes "service" \(string\)/],
    ['restart', { service: '../other' }, /There is no service "\.\.\/other"\. There are: web\./],
    ['logs', { last: 0 }, /"last" must be a whole number from 1 to 100/],
    ['logs', { last: 5 }, /"last" needs "service"/],
    ['query', { sql: { text: 'SELECT 1' } }, /"sql" must be a string/],
    ['query', JSON.parse('{"__proto__": {"sql": "SELECT 1"}}'), /There is no argument "__proto__"/],
    ['query', { table: '"; DROP TABLE x' }, /There is no table/],
    ['query', { table: 'x', sql: 'SELECT 1' }, /two questions/],
    ['traces', { only: 'all' }, /"only" is "failed" or "slow"/],
  ])('refuse what they do not take: %s %j', async (name, given, said) => {
    const { call, asked } = world();
    expect(await call(name, given)).toMatch(said);
    expect(asked.filter(({ what }) => what === 'restart')).toEqual([]);
  });

  it('are about their worktree alone, also once it is gone and another one is around its folder', async () => {
    let found = path;
    const { call, asked } = world({ path: () => found });
    await call('migrations');
    found = '/repo';
    expect(await call('migrations')).toMatch(/^notFound: The worktree \/repo\.worktrees\/feature, .* is gone\.$/);
    expect(asked).toHaveLength(1);
  });

  it('tell rows a line each, and keep them', async () => {
    const { call, kept } = world();
    const told = await call('query', { sql: 'SELECT a, b FROM t' });
    expect(told).toMatch(/^2 rows:\na\tb\n1\tx\\ty\\nz\n\\N\t\nAll of it: /);
    expect([...kept.texts.values()]).toEqual(['a\tb\n1\tx\\ty\\nz\n\\N\t\n']);
  });
});

describe('a failure', () => {
  it('says what to do, and is as short as an answer', () => {
    const long = new AppError('unapproved', 'x '.repeat(5000), { explanation: 'y\n'.repeat(500) });
    const told = failureText(long);
    expect(told).toMatch(/A person has to approve this first/);
    expect(countTokens(told)).toBeLessThanOrEqual(1000);
  });

  it('is none where it was cancelled', () =>
    expect(failureText(new DOMException('', 'AbortError'))).toBe('Cancelled.'));
});

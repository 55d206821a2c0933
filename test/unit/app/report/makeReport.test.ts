import { describe, expect, it } from 'vitest';
import { makeReport, type ReportPorts } from '../../../../src/app/report/makeReport';
import { AppError } from '../../../../src/core/errors';
import { embeddedIdentity } from '../../../../src/core/clusterTraits';
import { defaultSettings } from '../../../../src/core/settings';
import { anEntry, aSnapshot } from '../../ui/builders';

const run = { signal: new AbortController().signal, report: () => undefined };

function portsWith(change: Partial<ReportPorts> = {}): ReportPorts {
  return {
    sources: {
      userFolder: '/home/ada',
      versions: async () => [{ name: 'git', version: 'git version 2.39.5' }],
      logs: async () => [
        { name: 'Log of the embedded cluster', lines: ['started in /home/ada/.coppice', '```` Known1'] },
      ],
      secrets: async (folders) => [`Known1`, ...folders.map((folder) => `secret of ${folder}`)],
    },
    environmentFiles: {
      read: async () => {
        throw new AppError('invalidInput', 'coppice.yaml has 2 problems.', { explanation: 'Hunter22 is no port' });
      },
    },
    settings: () => defaultSettings,
    readSnapshot: async () => aSnapshot(),
    clusterStatus: async () => ({
      ...{ identity: embeddedIdentity, state: 'running', note: undefined, pid: 1, access: undefined, port: 8080 },
      ...{ databases: true, temporalTrouble: undefined, registry: undefined },
    }),
    variables: async () => ({
      DATABASE_URL: 'postgresql://wt:Generated1@127.0.0.1/wt_feature',
      WORKTREE_NAME: 'feature',
    }),
    postgresPassword: async () => 'Stored1',
    clock: { now: () => 0 },
    ...change,
  };
}

const request = { folder: '/repo', program: 'Editor 1.2', log: [], secrets: [] };

describe('a report of what does not work', () => {
  it('says versions, state, cluster and what Coppice has logged, and that nothing was sent', async () => {
    const report = await makeReport(portsWith())({ ...request, log: ['[info] Creating'] }, run);
    for (const told of [
      'Nothing has been sent',
      'git version 2.39.5',
      'Editor 1.2',
      'port: 8080',
      '[info] Creating',
      '"feature"',
    ])
      expect(report).toContain(told);
    expect(report).toContain('- invalidInput: coppice.yaml has 2 problems.');
    expect(report).not.toContain('Hunter22');
    expect(report).toContain('started in ~/.coppice');
    // A log ends no block.
    expect(report.match(/^````$/gm)?.length).toBe(2 * 3);
  });

  it('has no value that is kept secret anywhere, in whatever part it would stand', async () => {
    const canaries = ['Known1', 'Generated1', 'Stored1', 'Kept1', 'secret of /repo.worktrees/feature'];
    const log = canaries.map((value) => `[error] the tool said ${value}`);
    const ports = portsWith({
      clusterStatus: async () => {
        throw new AppError('unreachable', `No answer to ${canaries.join(' ')}`);
      },
      readSnapshot: async () => aSnapshot({ entries: [anEntry()], stateTrouble: canaries.join(' ') }),
    });
    const report = await makeReport(ports)({ ...request, log, secrets: ['Kept1'] }, run);
    for (const canary of canaries) expect(report).not.toContain(canary);
    expect(report.match(/‹hidden›/g)?.length).toBeGreaterThanOrEqual(3 * canaries.length);
    expect(report).toContain('"feature"');
  });

  it('says of settings that were changed only which, unless nothing of anybody is in their value', async () => {
    const settings = {
      ...defaultSettings,
      'agent.command': 'agent --key Canary1',
      'postgres.url': 'postgres://canary',
      'gateway.port': 8123,
      'cluster.allowedContexts': ['canary', 'other'],
      'environments.automatic': 'always',
    };
    const report = await makeReport(portsWith({ settings: () => settings }))(request, run);
    for (const line of [
      'agent.command: set',
      'postgres.url: set',
      'gateway.port: 8123',
      'environments.automatic: always',
    ])
      expect(report).toContain(`- ${line}\n`);
    expect(report).toContain('- cluster.allowedContexts: 2 set\n');
    expect(report).not.toMatch(/canary/i);
  });

  it('is made where no folder is open and nothing answers', async () => {
    const fail = async () => Promise.reject(new Error('broken'));
    const ports = portsWith({ readSnapshot: fail, clusterStatus: fail, variables: fail, postgresPassword: fail });
    const report = await makeReport(ports)({ ...request, folder: undefined }, run);
    expect(report).toContain('no folder is open');
    expect(report).toContain('broken');
  });
});

import { describe, expect, test } from 'vitest';
import {
  listArguments,
  rollbackArguments,
  uninstallArguments,
  upgradeArguments,
} from '../../../../src/adapters/helm/helmArguments';
import { helmEnvironment } from '../../../../src/adapters/helm/helmEnvironment';

const address = {
  release: 'one',
  namespace: 'worktree-one',
  access: { server: 'https://127.0.0.1:1', kubeconfig: '/home/x/kube config', context: 'coppice-embedded' },
};
const where = [
  '--namespace',
  'worktree-one',
  '--kubeconfig',
  '/home/x/kube config',
  '--kube-context',
  'coppice-embedded',
];

const chart = { folder: '/charts/worktree', isOurs: false };

describe('the arguments for Helm', () => {
  test('name cluster, context and namespace, and take values from a file only', () => {
    const argv = upgradeArguments(address, chart, ['/tmp/values.json'], { major: 3, minor: 10 });
    expect(argv).toEqual([
      'upgrade',
      'one',
      '/charts/worktree',
      '--install',
      '--values',
      '/tmp/values.json',
      '--history-max',
      '5',
      ...where,
    ]);
    expect(uninstallArguments(address)).toEqual(['uninstall', 'one', ...where]);
    expect(rollbackArguments(address, 3, { major: 3, minor: 10 })).toEqual([
      'rollback',
      'one',
      '3',
      '--history-max',
      '5',
      ...where,
    ]);
    expect(listArguments(address)).toEqual(
      expect.arrayContaining(['--filter', '^one$', '--pending', '--output', 'json', ...where]),
    );
  });

  test('leave the schema of Kubernetes out for the chart of ours, and for no other', () => {
    const argv = (isOurs: boolean): string[] =>
      upgradeArguments(address, { ...chart, isOurs }, ['/tmp/values.json'], { major: 4, minor: 2 });
    expect(argv(true)).toContain('--disable-openapi-validation');
    expect(argv(false)).not.toContain('--disable-openapi-validation');
  });

  test('never wait, and never make a namespace: both are done elsewhere', () => {
    const argv = upgradeArguments(address, chart, ['/tmp/values.json'], { major: 3, minor: 10 }).join(' ');
    expect(argv).not.toMatch(/--(wait|atomic|set|create-namespace)/);
  });
});

describe('the environment for Helm', () => {
  test("holds nothing that leads it elsewhere, whatever the letters' case", () => {
    const env = helmEnvironment(
      {
        PATH: '/bin',
        HOME: '/home/x',
        HELM_NAMESPACE: 'theirs',
        HELM_KUBECONTEXT: 'production',
        HELM_KUBEAPISERVER: 'https://elsewhere',
        HELM_KUBETOKEN: 't',
        HELM_DRIVER: 'memory',
        HELM_PLUGINS: '/plugins',
        HELM_REPOSITORY_CONFIG: '/theirs',
        KUBECONFIG: '/theirs',
        Helm_Namespace: 'theirs',
      },
      '/state/helm',
    );
    expect(env).toEqual({
      PATH: '/bin',
      HOME: '/home/x',
      HELM_CACHE_HOME: expect.stringMatching(/cache$/) as string,
      HELM_CONFIG_HOME: expect.stringMatching(/config$/) as string,
      HELM_DATA_HOME: expect.stringMatching(/data$/) as string,
    });
  });
});

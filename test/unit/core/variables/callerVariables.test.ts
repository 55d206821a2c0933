import { expect, it } from 'vitest';
import { callerSecret } from '../../../../packages/cluster/src/contract';
import { callerVariables } from '../../../../src/core/variables/callerVariables';

const passed = {
  PATH: '/nvm/bin:/usr/bin',
  NODE_EXTRA_CA_CERTS: '/etc/company.pem',
  SSL_CERT_FILE: '/etc/company.crt',
  SSL_CERT_DIR: '/etc/certs',
  HTTP_PROXY: 'http://proxy:3128',
  https_proxy: 'http://me:word@proxy:3128',
  ALL_PROXY: 'socks5://proxy',
  no_proxy: 'localhost,.company',
};

it('passes on what services need of who calls', () => {
  expect(callerVariables(passed)).toEqual(passed);
});

it.each([
  ...[
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    'npm_config__auth',
    'AWS_SECRET_ACCESS_KEY',
    'SSH_AUTH_SOCK',
    'GIT_DIR',
    'GIT_SSL_CAINFO',
  ],
  ...[
    'VSCODE_IPC_HOOK',
    'ELECTRON_RUN_AS_NODE',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'PGPASSWORD',
    'PGSERVICE',
    'DATABASE_URL',
  ],
  ...[
    'KUBECONFIG',
    'COPPICE_HOME',
    'HOME',
    'REDIS_PROXY',
    'MY_HTTP_PROXY',
    'PROXY',
    'Https_Proxy',
    'PATHEXT',
    'MANPATH',
  ],
])('never %s', (name) => {
  expect(callerVariables({ [name]: 'canary' })).toEqual({});
});

it('leaves out what is empty, and reads the way that Windows writes PATH', () => {
  expect(callerVariables({ HTTP_PROXY: '', PATH: undefined, Path: 'C:\\x' })).toEqual({ PATH: 'C:\\x' });
});

it('is found under the name that earlier versions wrote it under', () => {
  expect(callerSecret).toBe('coppice-caller');
});

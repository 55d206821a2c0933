import { expect, it } from 'vitest';
import { proposeFor } from '../../../support/proposeFor';
import { procfileServices } from '../../../../src/app/init/procfile';

it.each([
  ['MIX_ENV=prod mix phx.server', 'mix phx.server'],
  ['RAILS_ENV=production RACK_ENV=production bin/jobs', 'bin/jobs'],
  ['env NODE_ENV=production node x', 'env NODE_ENV=production node x'],
  ['NODE_ENV=test node x', 'NODE_ENV=test node x'],
])('what a host of production is told before a command is not meant for a worktree: %s', (said, run) => {
  const [service] = procfileServices(`worker: ${said}\n`).services;
  expect([service?.command].flat().join(' ')).toBe([service?.command].flat().length > 1 ? `sh -c ${run}` : run);
});

it('keeps the other variables', () => {
  const [service] = procfileServices('web: PORT=1 NODE_ENV=production node x\n').services;
  expect([service?.command].flat().join(' ')).toContain('PORT=1 node x');
});

it('a process that runs what only a build makes is told and not started', async () => {
  const { services, leftOut } = await proposeFor({
    'package.json': JSON.stringify({
      scripts: { dev: 'node --watch server.js', start: 'node ./build/server/index.js' },
      dependencies: { koa: '3' },
    }),
    'server.js': 'app.listen(process.env.PORT)',
    Procfile: 'web: yarn start\nworker: yarn start --services=worker\nmail: node mail.js\n',
  });
  expect(services.map(({ name }) => name)).toEqual(['api', 'mail']);
  expect(leftOut).toContainEqual(expect.objectContaining({ file: 'Procfile', path: 'worker' }));
});

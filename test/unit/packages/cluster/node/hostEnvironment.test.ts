import { expect, it } from 'vitest';
import { hostEnvironment } from '../../../../../packages/cluster/src/node/hostEnvironment';

it('passes on what programs need, and no secret', () => {
  const given = {
    PATH: '/bin',
    Path: 'C:\\',
    HOME: '/h',
    LC_TIME: 'de',
    TZ: 'UTC',
    GITHUB_TOKEN: 's',
    PORT: '1',
    NODE_OPTIONS: '--x',
  };
  expect(hostEnvironment(given)).toEqual({ PATH: '/bin', Path: 'C:\\', HOME: '/h', LC_TIME: 'de', TZ: 'UTC' });
});

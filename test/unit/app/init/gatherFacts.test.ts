import { describe, expect, it } from 'vitest';
import { composeFiles } from '../../../../src/app/init/gatherFacts';

describe('the compose file that people develop with', () => {
  it.each([
    [
      ['compose.yaml', 'compose.override.yml', 'docker-compose.dev.yml'],
      ['compose.yaml', 'compose.override.yml'],
    ],
    [['docker/docker-compose.yml', 'docker-compose.dev.yml'], ['docker-compose.dev.yml']],
    [['docker/compose.yml', 'docker/development/compose.yml'], ['docker/development/compose.yml']],
    [['docker/docker-compose.yml', 'docker/docker-compose.dev.yml'], ['docker/docker-compose.dev.yml']],
    [['deploy/compose.yml', 'dev/compose.yml'], ['dev/compose.yml']],
    [['docker/production/compose.yml', 'docker/testing/compose.yml'], []],
    [['docker-compose.prod.yml'], []],
  ])('of %j', (paths, expected) => {
    expect(composeFiles(new Set(paths))).toEqual(expected);
  });
});

import { expect, it } from 'vitest';
import { proposeFor } from '../../../../support/proposeFor';

const servers = 'db: {image: "postgres:18"}, other: {image: "mysql:9"}, cache: {image: "redis:8"}';

it('of two databases that nobody in the file asks for one is used, and the other told', async () => {
  const files = { 'pom.xml': '<parent>spring-boot-starter-parent</parent>', 'compose.yml': `services: {${servers}}` };
  const { uses, database, leftOut } = await proposeFor(files);
  expect(uses.map(({ name }) => name)).toEqual(['cache']);
  expect(database).toBe('shop_template');
  expect(leftOut).toContainEqual(
    expect.objectContaining({
      path: 'services.other',
      reason: expect.stringContaining('write it into uses') as string,
    }),
  );
});

it('both are used where a service of the file is built', async () => {
  const { uses } = await proposeFor({
    'compose.yml': `services: {web: {build: ., command: [a]}, ${servers}}`,
    Dockerfile: 'FROM x',
  });
  expect(uses.map(({ name }) => name)).toEqual(['other', 'cache']);
});

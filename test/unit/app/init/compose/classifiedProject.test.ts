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

it.each([
  ['FROM mysql:8\nENV MYSQL_DATABASE=shop\nCOPY *.sql /docker-entrypoint-initdb.d/\n', 'mysql', undefined],
  ['FROM mongo:5 AS base\nFROM base\nCOPY *.js /docker-entrypoint-initdb.d/\n', 'mongodb', undefined],
  ['FROM pgvector/pgvector:pg17\n', undefined, 'shop_template'],
  // It runs something of its own, or is no server.
  ['FROM redis:8\nCOPY redis.conf /\nCMD ["redis-server", "/redis.conf"]\n', undefined, undefined],
  ['FROM node:24\nCMD ["node", "a.js"]\n', undefined, undefined],
  ['FROM scratch\n', undefined, undefined],
])('a server whose image only adds files to another one is that server: %j', async (dockerfile, tool, template) => {
  const compose =
    'services: {web: {build: ., command: [a], environment: {DATA_HOST: data}, depends_on: [data]}, data: {build: data, ports: ["1:1"]}}';
  const { uses, database, services, leftOut } = await proposeFor({
    ...{ 'compose.yml': compose, Dockerfile: 'FROM x', 'data/Dockerfile': dockerfile },
  });
  expect(uses).toEqual(tool === undefined ? [] : [{ name: 'data', tool }]);
  expect(database).toBe(template);
  const isService = tool === undefined && template === undefined;
  expect(services.map(({ name }) => name)).toEqual(isService ? ['web', 'data'] : ['web']);
  if (!isService)
    expect(
      leftOut.filter(({ path }) => path.startsWith('services.data')).map(({ path, reason }) => [path, reason]),
    ).toEqual([
      ['services.data.build', expect.stringContaining('/docker-entrypoint-initdb.d')],
      ['services.data.ports', expect.any(String)],
    ]);
});

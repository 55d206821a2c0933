import { expect, it } from 'vitest';
import { importedCompose } from '../../../../support/importedCompose';

const port = `image: own/server, ports: ['8080:8080']`;
const entry = { entry: { image: 'own/server', port: 8080, routes: ['/'] } };

// What the specification's own suite of conformance tests runs, in our words: its files cannot be had as a package.
it.each([
  ['one service', '{services: {test: {image: own/server}}}', { test: { image: 'own/server' } }, []],
  [
    'a network that two share',
    `{version: '3.7', services: {entry: {${port}, networks: [n]}, target: {image: own/server, networks: [n]}}, networks: {n: }}`,
    { ...entry, target: { image: 'own/server' } },
    ['networks', 'services.entry.networks', 'services.entry.ports.published', 'services.target.networks', 'version'],
  ],
  [
    'two networks, so that two never meet',
    `{services: {entry: {${port}, networks: [a]}, target: {image: own/server, networks: [b]}}, networks: {a: , b: }}`,
    { ...entry, target: { image: 'own/server' } },
    ['networks', 'services.entry.networks', 'services.entry.ports.published', 'services.target.networks'],
  ],
  [
    'several of one service',
    `{services: {entry: {${port}}, client: {image: own/client, deploy: {replicas: 3}}}}`,
    { ...entry, client: { image: 'own/client', replicas: 3 } },
    ['services.entry.ports.published'],
  ],
  [
    'a file of configuration',
    `{services: {entry: {${port}, configs: [{source: c, target: /files/c.txt}]}}, configs: {c: {file: ./c.txt}}}`,
    entry,
    ['configs', 'services.entry.configs', 'services.entry.ports.published'],
  ],
  [
    'a file of a secret',
    `{services: {entry: {${port}, secrets: [{source: s, target: /files/s.txt}]}}, secrets: {s: {file: ./s.txt}}}`,
    entry,
    ['secrets', 'services.entry.ports.published', 'services.entry.secrets'],
  ],
  [
    'a file of the repository',
    `{services: {entry: {${port}, volumes: ['./v.txt:/files/v.txt']}}}`,
    entry,
    ['services.entry.ports.published', 'services.entry.volumes'],
  ],
  [
    'a port of UDP',
    `{services: {entry: {image: own/server, ports: ['8080:8080/tcp', {target: 10001, published: 10001, protocol: udp, mode: host}]}}}`,
    entry,
    ['services.entry.ports'],
  ],
])('%s: what is carried over, and all that is not', async (_, compose, services, paths) => {
  const made = await importedCompose(compose);
  expect(made.services).toEqual(services);
  expect(made.left.map((line) => line.replace(/: .*$/, '')).sort()).toEqual(paths);
});

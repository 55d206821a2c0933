import { expect, it } from 'vitest';
import { written } from '../../../../support/proposeFor';

it('a service that publishes no port is found where a proxy of the file finds it', async () => {
  const label = 'traefik.http.services.shop.loadbalancer.server.port';
  const { services } = await written({
    'compose.yml': `services: {web: {build: web, command: [a], labels: ['${label}=8123']}, api: {build: api, command: [b], labels: {${label}: 8124}}}`,
    'web/Dockerfile': 'FROM x\nEXPOSE 9000',
    'api/Dockerfile': 'FROM x',
  });
  expect(services).toMatchObject({ web: { port: 8123 }, api: { port: 8124 } });
});

import { expect, it } from 'vitest';
import { serviceVariables } from '../../../../../packages/cluster/src/network/serviceVariables';

// No MY_BACKEND_PORT=tcp://…: a program that reads MY_BACKEND_PORT means a setting of its own.
it('names a service as Kubernetes does, without the names of Docker links, and points to the real port', () => {
  const ports = [
    { name: 'http', listenPort: 20001 },
    { name: 'my-metrics', listenPort: 20002 },
  ];
  expect(Object.fromEntries(serviceVariables('my-backend', ports))).toEqual({
    MY_BACKEND_SERVICE_HOST: '127.0.0.1',
    MY_BACKEND_SERVICE_PORT: '20001',
    MY_BACKEND_SERVICE_PORT_HTTP: '20001',
    MY_BACKEND_SERVICE_PORT_MY_METRICS: '20002',
  });
  expect(serviceVariables('none', []).size).toBe(0);
});

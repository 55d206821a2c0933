import { expect, it } from 'vitest';
import { serviceVariables } from '../../../../src/embedded/node/serviceVariables';

it('names a service as Kubernetes does and points to the real port', () => {
  const ports = [
    { name: 'http', port: 80, protocol: 'TCP', listenPort: 20001 },
    { name: 'my-metrics', port: 9100, protocol: 'TCP', listenPort: 20002 },
  ];
  expect(Object.fromEntries(serviceVariables('my-backend', ports))).toEqual({
    MY_BACKEND_SERVICE_HOST: '127.0.0.1',
    MY_BACKEND_SERVICE_PORT: '20001',
    MY_BACKEND_SERVICE_PORT_HTTP: '20001',
    MY_BACKEND_SERVICE_PORT_MY_METRICS: '20002',
    MY_BACKEND_PORT: 'tcp://127.0.0.1:20001',
    MY_BACKEND_PORT_80_TCP: 'tcp://127.0.0.1:20001',
    MY_BACKEND_PORT_80_TCP_PROTO: 'tcp',
    MY_BACKEND_PORT_80_TCP_PORT: '20001',
    MY_BACKEND_PORT_80_TCP_ADDR: '127.0.0.1',
    MY_BACKEND_PORT_9100_TCP: 'tcp://127.0.0.1:20002',
    MY_BACKEND_PORT_9100_TCP_PROTO: 'tcp',
    MY_BACKEND_PORT_9100_TCP_PORT: '20002',
    MY_BACKEND_PORT_9100_TCP_ADDR: '127.0.0.1',
  });
  expect(serviceVariables('none', []).size).toBe(0);
});

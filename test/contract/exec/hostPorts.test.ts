import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HostPorts } from '../../../src/adapters/exec/hostPorts';

const ports = new HostPorts();

describe('HostPorts', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('sees a listener on %s come and go', async (host) => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, host, listening));
    const { port } = server.address() as AddressInfo;
    expect(await ports.isFree(port)).toBe(false);
    await new Promise((closed) => server.close(closed));
    expect(await ports.isFree(port)).toBe(true);
  });

  // For root, and on Windows, low ports are like any other.
  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'calls a low port free that nobody has',
    async () => {
      // Reserved, and used by no program.
      expect(await ports.isFree(1023)).toBe(true);
    },
  );

  it('calls what is no port not free', async () => {
    expect(await Promise.all([0, -1, 65536, 1.5, Number.NaN].map((port) => ports.isFree(port)))).toEqual(
      Array(5).fill(false),
    );
  });
});

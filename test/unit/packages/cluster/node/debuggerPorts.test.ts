import { describe, expect, it } from 'vitest';
import { debuggerPorts, type DebuggedProcess } from '../../../../../packages/cluster/src/node/debuggerPorts';

describe('where debuggers wait', () => {
  const found = (change: Partial<DebuggedProcess>) => debuggerPorts({ argv: [], env: {}, lines: [], ...change });

  it.each<[string, Partial<DebuggedProcess>, number]>([
    ['--inspect', { argv: ['node', '--inspect=39229', 'server.js'] }, 39229],
    ['--inspect with a host', { argv: ['node', '--inspect=127.0.0.1:39229', 'server.js'] }, 39229],
    ['--inspect with a host of IPv6', { argv: ['node', '--inspect=[::1]:39229', 'server.js'] }, 39229],
    ['--inspect-brk in a shell', { argv: ['sh', '-c', 'node --inspect-brk=0.0.0.0:4001 "server.js"'] }, 4001],
    ['--inspect-wait', { argv: ['deno', 'run', '--inspect-wait=4002', 'main.ts'] }, 4002],
    ['--inspect-port', { argv: ['node', '--inspect-port', '4003', 'server.js'] }, 4003],
    ['NODE_OPTIONS', { env: { NODE_OPTIONS: '--enable-source-maps --inspect=localhost:4004' } }, 4004],
    ['debugpy', { argv: ['python', '-m', 'debugpy', '--listen', '0.0.0.0:4005', 'app.py'] }, 4005],
    [
      'debugpy with a port only',
      { argv: ['sh', '-c', 'python -Xfrozen_modules=off -m debugpy --listen 4006 app.py'] },
      4006,
    ],
    [
      'the JVM',
      { argv: ['java', '-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:4007', '-jar', 'a.jar'] },
      4007,
    ],
    [
      'JAVA_TOOL_OPTIONS',
      { env: { JAVA_TOOL_OPTIONS: '-Xmx1g -agentlib:jdwp=transport=dt_socket,address=4008,server=y' } },
      4008,
    ],
    ['dlv', { argv: ['dlv', 'debug', '--headless', '--listen=:4009'] }, 4009],
    ['JDK_JAVA_OPTIONS', { env: { JDK_JAVA_OPTIONS: '-agentlib:jdwp=transport=dt_socket,address=4013' } }, 4013],
    ['MAVEN_OPTS', { env: { MAVEN_OPTS: '-agentlib:jdwp=transport=dt_socket,address=4014' } }, 4014],
    ['BUN_INSPECT', { env: { BUN_INSPECT: 'ws://localhost:4015/app?wait=1' } }, 4015],
    ['BUN_INSPECT without a scheme', { env: { BUN_INSPECT: 'localhost:4016' } }, 4016],
    ['--debug-port', { argv: ['node', '--debug-port=4017', 'server.js'] }, 4017],
    ['ptvsd', { argv: ['python', '-m', 'ptvsd', '--host', 'localhost', '--port', '4018', 'app.py'] }, 4018],
    ['the log of a debug adapter', { lines: ['DAP server listening at: 127.0.0.1:4019'] }, 4019],
    ['the log of Node.js', { lines: ['Debugger listening on ws://127.0.0.1:4010/0f2c936f-b1cd-4ac9-aab3'] }, 4010],
    ['the log of Java', { lines: ['Listening for transport dt_socket at address: 4011'] }, 4011],
    ['the log of Delve', { lines: ['starting', 'API server listening at: 127.0.0.1:4012'] }, 4012],
  ])('are known by %s', (_, change, port) => {
    expect(found(change)).toEqual([port]);
  });

  it.each<[string, Partial<DebuggedProcess>]>([
    ['a port of its own', { argv: ['vite', '--port', '5173'], lines: ['Local: http://localhost:5173/'] }],
    ['an inspector without one', { argv: ['node', '--inspect', 'server.js', '--port=5173'] }],
    ['an inspector at any port', { argv: ['node', '--inspect=0', 'server.js'] }],
    ['an inspector with a host only', { argv: ['node', '--inspect=127.0.0.1', 'server.js'] }],
    [
      'a server that listens',
      { lines: ['server listening at: http://localhost:5173', 'listening on ws://localhost:5173/'] },
    ],
    ['another variable', { env: { NOTE: '--inspect=4000' } }],
  ])('are not by %s', (_, change) => {
    expect(found(change)).toEqual([]);
  });
});

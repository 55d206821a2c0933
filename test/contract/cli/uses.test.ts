import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programVersion } from '../../support/toolVersions';
import { obtainedProgram, pathWithout, usedProgram, usedProgramsFolder } from '../../support/usedPrograms';
import { until } from '../../support/until';
import { verifies } from '../../support/verified';
import type { CreatedJson, EntryJson, ErrorJson } from './cliJson';
import { CliWorld, messageLines } from './cliWorld';

/**
 * An application that counts: /add adds one, and / says how many there are. It speaks the server's own language, so that nothing but
 * the server is between it and what is written.
 */
const application = `
const { connect } = require('node:net');
const at = new URL(process.env.STORE_URL);
const talk = (lines, until) => new Promise((resolve, reject) => {
  let said = '';
  const socket = connect(Number(at.port), at.hostname, () => socket.write(lines.join('\\r\\n') + '\\r\\n'));
  socket.setEncoding('utf8').on('data', (text) => {
    said += text;
    const found = until.exec(said);
    if (found) socket.destroy(), resolve(Number(found[1] ?? 0));
  }).on('error', reject).on('end', () => reject(new Error('ended: ' + said)));
});
const stream = JSON.stringify({ name: 'S', subjects: ['s'], storage: 'file' });
const nats = (...lines) => ['CONNECT {"verbose":false}', 'SUB in 1', ...lines];
const kinds = {
  'redis:': {
    add: () => talk(['INCR n'], /:(\\d+)/),
    count: () => talk(['GET n'], /\\$(?:-1|\\d+\\r\\n(\\d+))\\r\\n/),
  },
  'nats:': {
    add: async () => {
      await talk(nats('PUB $JS.API.STREAM.CREATE.S in ' + stream.length, stream), /MSG in[^]*(?:"type"|"error")/);
      await talk(nats('PUB s in 1', 'x'), /MSG in[^]*"seq"/);
      return kinds['nats:'].count();
    },
    count: () => talk(nats('PUB $JS.API.STREAM.INFO.S in 0', ''), /MSG in[^]*(?:"error"|"messages":(\\d+))/),
  },
};
const { add, count } = kinds[at.protocol];
require('node:http').createServer((request, response) => {
  (request.url === '/add' ? add() : count()).then(
    (number) => response.end(String(number)),
    (error) => response.writeHead(500).end(String(error)),
  );
}).listen(process.env.PORT, '127.0.0.1');
`;

const tools = [
  ['redis', 'Redis', 'redis-server'],
  ['nats', 'NATS', 'nats-server'],
] as const;

const others = [
  ['valkey', 'Valkey', 'valkey-server'],
  ['memcached', 'Memcached', 'memcached'],
  ['mariadb', 'MariaDB', 'mariadbd'],
  ['rabbitmq', 'RabbitMQ', 'rabbitmq-server'],
  ['mongodb', 'MongoDB', 'mongod'],
  ['minio', 'MinIO', 'minio'],
  ['mailpit', 'Mailpit', 'mailpit'],
] as const;

it.runIf(process.env['CI'])('there is a server to try', () => {
  expect(tools.filter(([, , program]) => usedProgram(program) !== undefined)).not.toEqual([]);
});

describe.each(tools)('an environment that uses %s', { timeout: 120_000 }, (tool, title, program) => {
  describe.skipIf(usedProgram(program) === undefined)('on this machine', () => {
    let world: CliWorld;
    const ask = async (host: string, path = '/'): Promise<number> => {
      const { status, text } = await world.fetch(`http://${host}.localhost:${world.gatewayPort}${path}`);
      if (status !== 200) throw new Error(`${status}: ${text}`);
      return Number(text);
    };
    const isUp = (host: string) => until(async () => (await ask(host).catch(() => undefined)) !== undefined, 60_000);
    const kept = (): Promise<string[]> => readdir(join(world.home, 'uses')).catch(() => []);

    beforeAll(async () => {
      world = await CliWorld.create();
      world.env['PATH'] = [usedProgramsFolder, world.env['PATH']].join(delimiter);
      await writeFile(join(world.repository, 'app.cjs'), application);
      await writeFile(
        join(world.repository, 'coppice.yaml'),
        `version: 1\nuses: {store: ${tool}}\nservices:\n  app: {command: node app.cjs, port: 3000, routes: [/]}\n`,
      );
      await world.git('add', '--all');
      await world.git('commit', '--quiet', '-m', 'uses');
    }, 60_000);
    afterAll(() => world.dispose());
    verifies(title, () => programVersion(usedProgram(program) ?? ''), {
      obtained: obtainedProgram(usedProgram(program)),
      asked: 'servers of environments: started, asked by services, kept apart, gone with them',
    });

    it('is refused in one line, and nothing is made, where its program is missing', async () => {
      const env = { PATH: await pathWithout(program, world.env['PATH'] ?? '', world.folder) };
      const before = await world.everything();
      for (const more of [[], ['--dry-run']]) {
        const { code, stderr } = await world.cli(['create', 'main', ...more], { env });
        expect(messageLines(stderr)).toEqual([
          expect.stringMatching(
            new RegExp(
              `^coppice.yaml: uses.store is ${title}, and there is no ${program}.* on this machine\\. (?:To install it|How to)`,
            ),
          ),
        ]);
        expect(code).toBe(4);
      }
      expect(await world.everything()).toEqual(before);
      expect(await kept()).toEqual([]);
    });

    it('has its own server, which is a service like others, and that no other environment sees', async () => {
      const made = await world.json<CreatedJson>(['create', 'main']);
      expect(made).toMatchObject({
        ready: true,
        services: [
          { name: 'app', state: 'Running' },
          { name: 'store', state: 'Running', health: 'healthy' },
        ],
      });
      expect(await ask('main')).toBe(0);
      expect(await ask('main', '/add')).toBe(1);
      expect(await ask('main', '/add')).toBe(2);
      await world.json(['create', 'other']);
      expect(await ask('other')).toBe(0);
      expect(await ask('main')).toBe(2);
      expect(await kept()).toHaveLength(2);
      expect((await world.cli(['logs', 'store', 'main'])).stdout).not.toBe('');
    });

    it('is told to services, and listens on loopback alone', async () => {
      const { stdout } = await world.cli([
        'exec',
        'app',
        'main',
        '--',
        process.execPath,
        '-p',
        'process.env.STORE_URL',
      ]);
      expect(stdout).toMatch(new RegExp(`^${tool}://127\\.0\\.0\\.1:3\\d{4}\n$`));
      expect(await addressesAt(Number(new URL(stdout).port))).toEqual(['127.0.0.1']);
    });

    it('keeps its data when it is restarted, and when everything is stopped', async () => {
      expect((await world.cli(['restart', 'store', 'main'])).code).toBe(0);
      await isUp('main');
      expect(await ask('main')).toBe(2);
      expect((await world.cli(['cluster', 'stop'])).code).toBe(0);
      expect((await world.cli(['cluster', 'start'])).code).toBe(0);
      await isUp('main');
      expect(await ask('main')).toBe(2);
      const { environment } = await world.json<EntryJson>(['status', 'main']);
      expect(environment?.services.map(({ name }) => name)).toEqual(['app', 'store']);
    });

    it('goes with its data, once that is accepted where something was written', async () => {
      const asked = await world.cli(['delete', 'main', '--environment-only', '--json']);
      const { error }: ErrorJson = JSON.parse(asked.stdout);
      expect(error.losses).toMatchObject([{ kind: 'data', count: 1, examples: [`store (${title})`] }]);
      expect(asked.code).toBe(9);
      expect(await ask('main')).toBe(2);
      expect((await world.cli(['delete', 'main', '--environment-only', '--discard', 'data'])).code).toBe(0);
      expect(await kept()).toHaveLength(1);
      // Nothing was written there.
      expect(await world.cli(['delete', 'other'])).toMatchObject({ code: 0 });
      expect(await kept()).toEqual([]);
    });
  });
});

// What is not fetched for tests runs where it is installed.
describe.each(others)('an environment that uses %s', { timeout: 300_000 }, (tool, title, program) => {
  describe.skipIf(usedProgram(program) === undefined)('on this machine', () => {
    let world: CliWorld;
    beforeAll(async () => {
      world = await CliWorld.create();
      await writeFile(
        join(world.repository, 'coppice.yaml'),
        `version: 1\nuses: {store: ${tool}}\nservices:\n  app: {command: "node -e 'setInterval(() => {}, 1000)'"}\n`,
      );
    });
    afterAll(() => world.dispose());
    // The others do not say it in this way, or start a server in place of it.
    if (tool !== 'rabbitmq' && tool !== 'mailpit')
      verifies(title, () => programVersion(usedProgram(program) ?? ''), {
        obtained: obtainedProgram(usedProgram(program)),
        asked: 'a server of an environment: ready, on loopback alone',
      });

    it('is ready, on loopback alone, and is no lost work as long as nothing was written', async () => {
      const slow = { env: { COPPICE_CREATE_READY_TIMEOUT: '240' } };
      const made = await world.json<CreatedJson>(['create', 'main'], slow);
      expect(made).toMatchObject({ ready: true, services: [{ name: 'app' }, { name: 'store', health: 'healthy' }] });
      const { stdout } = await world.cli([
        'exec',
        'app',
        'main',
        '--',
        process.execPath,
        '-p',
        'process.env.STORE_PORT',
      ]);
      expect(await addressesAt(Number(stdout))).toEqual(['127.0.0.1']);
      expect((await world.cli(['restart', 'store', 'main'], slow)).code).toBe(0);
      expect(await world.cli(['delete', 'main', '--environment-only'])).toMatchObject({ code: 0 });
      expect(await readdir(join(world.home, 'uses'))).toEqual([]);
    });
  });
});

/** Of this machine, where something answers at a port. */
async function addressesAt(port: number): Promise<string[]> {
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  const answers = await Promise.all(
    [...new Set(['127.0.0.1', ...own])].map(
      (host) =>
        new Promise<string[]>((resolve) => {
          const socket = connect({ host, port }, () => resolve([host]));
          socket.on('error', () => resolve([])).on('connect', () => socket.destroy());
          // A firewall of this machine may leave it without an answer.
          socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
        }),
    ),
  );
  return answers.flat();
}

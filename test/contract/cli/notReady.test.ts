import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CreatedJson, EntryJson } from './cliJson';
import { CliWorld } from './cliWorld';

/** One script for all: what the service does is its argument. */
const script = `
const { createServer } = require('node:http');
const serve = (port) => createServer((_, answer) => answer.end('ok')).listen(port, '127.0.0.1');
const stay = () => setInterval(() => undefined, 60_000);
const fail = (message) => { throw new Error(message); };
({
  web: () => serve(process.env.PORT),
  slow: () => setTimeout(() => serve(process.env.PORT), 1500),
  worker: stay,
  crash: () => fail('no config'),
  fleeting: () => setTimeout(() => fail('lost the queue'), 2000),
})[process.argv[2]]();
`;

describe('a create whose services do not all get ready', { timeout: 90_000 }, () => {
  let world: CliWorld;
  const edit = (services: Readonly<Record<string, string>>): Promise<void> => {
    const lines = Object.entries(services).map(
      ([name, more]) => `  ${name}: {command: "node services.cjs ${name}"${more}}`,
    );
    return writeFile(join(world.repository, 'coppice.yaml'), ['version: 1', 'services:', ...lines, ''].join('\n'));
  };
  const port = ', port: 3000';

  beforeAll(async () => {
    world = await CliWorld.create();
    await writeFile(join(world.repository, 'services.cjs'), script);
  });
  afterAll(() => world.dispose());

  it('waits for each, names each with its own reason, ends with a code of its own, and leaves all as it is', async () => {
    await edit({ crash: '', web: port, slow: port, fleeting: '', worker: '' });
    const env = { COPPICE_CREATE_STEADY_TIME: '3' };
    const { code, stdout, stderr } = await world.cli(['create', 'main'], { env });
    expect({ code, stderr }).toEqual({
      code: 10,
      stderr: expect.stringMatching(
        /\n✗ 5\/5 Wait until the services are ready: crash: CrashLoopBackOff \(.*no config\); fleeting: CrashLoopBackOff \(.*lost the queue\)/,
      ),
    });
    expect(stdout).toMatch(/^crash is not ready: CrashLoopBackOff, exit code 1: Error: no config$/m);
    expect(stdout).toMatch(/^fleeting is not ready: CrashLoopBackOff, exit code 1: Error: lost the queue$/m);
    expect(stdout).not.toMatch(/(?:web|slow|worker) is not ready/);
    const { environment } = await world.json<EntryJson>(['status', 'main']);
    expect(environment?.services.map(({ name, ready }) => [name, ready])).toEqual([
      ['crash', 0],
      ['web', 1],
      ['slow', 1],
      ['fleeting', 0],
      ['worker', 1],
    ]);
  });

  it('tells the same in JSON, and is done with 0 once it is mended', async () => {
    await edit({ crash: '', web: port });
    const failed = await world.cli(['create', 'main', '--json']);
    expect(failed.code).toBe(10);
    const made = JSON.parse(failed.stdout) as CreatedJson;
    expect(made).toMatchObject({
      ready: false,
      services: [
        { name: 'crash', ready: 0 },
        { name: 'web', ready: 1 },
      ],
    });
    await edit({ web: port });
    expect(await world.json<CreatedJson>(['create', 'main'])).toMatchObject({ ready: true });
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CliWorld } from './cliWorld';

it('groups what services print of errors, and keeps all of it', async () => {
  const world = await CliWorld.create();
  try {
    const serve = "require('node:http').createServer().listen(process.env.PORT, '127.0.0.1')";
    const code = `for (const n of [1, 22, 333]) console.error('Error: order ' + n + ' is lost'); console.log('serves'); ${serve}`;
    await writeFile(
      join(world.repository, 'coppice.yaml'),
      JSON.stringify({ version: 1, services: { web: { command: ['node', '-e', code], port: 3000 } } }),
    );
    await world.json(['create', 'main']);
    const errors = await world.json<{ groups: object[]; lines: number; file: string }>(['logs', '--errors']);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown;
    expect(errors).toMatchObject({
      groups: [{ service: 'web', count: 3, first: time, last: time, example: 'Error: order 333 is lost' }],
      lines: 4,
    });
    expect(await readFile(errors.file, 'utf8')).toMatch(/Z Error: order 22 is lost\n[^]*Z serves\n$/);
    expect((await world.cli(['logs', '--errors', 'web'])).stdout).toMatch(
      /^main: 3 errors of 1 kind, .*\n3x web .*: Error: order 333 is lost\nAll 4 lines: /,
    );
    expect(await world.cli(['logs', '--worktree', 'main', '--tail', '1'])).toMatchObject({
      ...{ code: 0, stdout: 'web | serves\n', stderr: '' },
    });
    expect(await world.cli(['logs', '--errors', '--follow'])).toMatchObject({ code: 2 });
  } finally {
    await world.dispose();
  }
}, 60_000);

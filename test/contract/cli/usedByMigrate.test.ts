import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usedProgram, usedProgramsFolder } from '../../support/usedPrograms';
import type { CreatedJson } from './cliJson';
import { CliWorld } from './cliWorld';

/** Says what the server answers, in its own language, and fails where none does. */
const migrate = `
const at = new URL(process.env.STORE_URL);
const socket = require('node:net').connect(Number(at.port), at.hostname, () => socket.write('INCR migrated\\r\\n'));
socket.setEncoding('utf8').on('data', (text) => process.exit(text.startsWith(':1') ? 0 : 1));
socket.on('error', (error) => {
  console.error(String(error));
  process.exit(1);
});
`;

describe.skipIf(usedProgram('redis-server') === undefined)(
  'a migration that talks to what the environment uses',
  () => {
    it('finds it running, in the first environment of all', { timeout: 120_000 }, async () => {
      const world = await CliWorld.create();
      try {
        world.env['PATH'] = [usedProgramsFolder, world.env['PATH']].join(delimiter);
        await writeFile(join(world.repository, 'migrate.cjs'), migrate);
        await writeFile(
          join(world.repository, 'coppice.yaml'),
          'version: 1\nuses: {store: redis}\ndatabase: {template: used_by_migrate, migrate: node migrate.cjs}\nservices:\n  app: {command: node -p 1, once: true}\n',
        );
        await world.git('add', '--all');
        await world.git('commit', '--quiet', '-m', 'uses');
        const made = await world.json<CreatedJson>(['create', 'x']);
        expect(made).toMatchObject({
          ready: true,
          services: [{ name: 'app' }, { name: 'store', health: 'healthy', restarts: 0 }],
        });
      } finally {
        await world.dispose();
      }
    });
  },
);

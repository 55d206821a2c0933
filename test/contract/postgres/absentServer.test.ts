import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { GivenServer } from '../../../src/adapters/postgres/givenServer';
import { PostgresDatabases } from '../../../src/adapters/postgres/postgresDatabases';
import { isAbort } from '../../../src/core/errors';
import { testPostgres } from '../../support/postgres';
import { wanted } from './wanted';

describe('waiting and failing', () => {
  const given = (url: string, password = 'x'): PostgresDatabases =>
    new PostgresDatabases({ server: new GivenServer({ url, password: () => Promise.resolve(password) }) });

  test('a server that was never made is not made to be asked', async () => {
    const unmade = await testPostgres();
    try {
      const none = new PostgresDatabases({ server: unmade.server });
      expect(await none.owner('wt_x')).toBeUndefined();
      await none.drop(wanted(8, 'own_left'));
      expect(await unmade.server.exists()).toBe(false);
    } finally {
      await unmade.dispose();
    }
  });

  test('a server that was stopped is not started to be asked for what is kept', async () => {
    const stopped = await testPostgres();
    try {
      await stopped.server.start();
      const databases = new PostgresDatabases({ server: stopped.server });
      expect(await databases.isKept(wanted(8, 'own_left').owner)).toBe(false);
      await stopped.server.stop();
      expect(await databases.isKept(wanted(8, 'own_left').owner)).toBeUndefined();
      expect(await stopped.server.find()).toBeUndefined();
    } finally {
      await stopped.dispose();
    }
  });

  test('an address that swallows everything is given up on cancel', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const controller = new AbortController();
    silent.once('connection', () => controller.abort());
    const error = await given(`postgresql://me@127.0.0.1:${port}/`)
      .connect(controller.signal)
      .catch((reason: unknown) => reason);
    expect(isAbort(error)).toBe(true);
    silent.close();
  });
});

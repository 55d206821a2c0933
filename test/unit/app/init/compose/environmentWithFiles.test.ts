import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importedCompose } from '../../../../support/importedCompose';
import { proposeFor } from '../../../../support/proposeFor';

const compose = `services:
  web: {build: ., env_file: [shop.env], environment: {DB_HOST: db}}
  db: {image: postgres:17}
  cache: {image: redis:8}
  events: {image: apache/kafka:4}`;

describe('files of variables of a compose service', () => {
  it('are carried over with the addresses of its environment', async () => {
    const { services, left } = await importedCompose(compose, {
      'shop.env': [
        'DB_NAME=shop',
        'DB_USER=shop',
        'DB_PASSWORD=secret',
        'QUEUE=redis://cache:6379/1',
        'EVENTS_BROKER=events:9092',
        'LOG_LEVEL=debug',
        'DB_HOST=elsewhere',
      ].join('\n'),
    });
    expect(services['web']).toMatchObject({ envFile: ['shop.env'] });
    expect(services['web']?.['env']).toEqual({
      DB_HOST: '$(DATABASE_HOST)',
      // Stands beside the host, which alone would lead to another port.
      DB_NAME: '$(DATABASE_NAME)',
      DB_USER: '$(DATABASE_USER)',
      DB_PASSWORD: '$(DATABASE_PASSWORD)',
      DB_PORT: '$(DATABASE_PORT)',
      QUEUE: '$(CACHE_URL)/1',
    });
    expect(left).toContainEqual(expect.stringMatching(/^services\.web\.environment\.EVENTS_BROKER: leads to events/));
  });

  it('count in their order', async () => {
    const { services } = await importedCompose(
      'services: {web: {build: ., env_file: [a.env, b.env]}, db: {image: postgres:17}}',
      { 'a.env': 'SHOP_DB=postgres://u:p@db/shop', 'b.env': 'SHOP_DB=postgres://u:p@db.example.com/shop' },
    );
    expect(services['web']).not.toHaveProperty('env');
  });

  it('that git ignores are patched in each worktree, and tell nothing else', async () => {
    const { text } = await proposeFor(
      {
        'compose.yaml': compose,
        'shop.env': 'DB_HOST=db\nDB_NAME=canary-name\nSHOP_DB=postgres://u:canary@db/canary\nKEY=canary',
        '.env': 'WORKER_DB=postgresql://u:canary@db:5432/shop',
      },
      { ignored: ['shop.env', '.env'] },
    );
    expect(parse(text)).toMatchObject({
      copy: ['.env', 'shop.env'],
      patch: {
        'shop.env': { DB_HOST: '$(DATABASE_HOST)', DB_NAME: '$(DATABASE_NAME)', SHOP_DB: '$(DATABASE_URL)' },
        '.env': { WORKER_DB: '$(DATABASE_URL)' },
      },
    });
    expect(text).not.toContain('canary');
  });
});

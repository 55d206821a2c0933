import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/adapters/environmentFile/parseEnvironmentFile';
import { proposeFor } from '../../../support/proposeFor';

const app = { 'package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}}' };

interface Proposed {
  readonly uses?: Readonly<Record<string, string>>;
  readonly patch?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly services: { readonly web: { readonly env?: Readonly<Record<string, string>> } };
  readonly text: string;
}

async function proposed(files: Readonly<Record<string, string>>, ignored: readonly string[] = []): Promise<Proposed> {
  const { text } = await proposeFor({ ...app, ...files }, { ignored });
  parseEnvironmentFile(text);
  return { ...(parse(text) as Proposed), text };
}

describe('a server of the machine that only a file of variables tells of', () => {
  it.each([
    ['REDIS_URL=redis://localhost:6379', { redis: 'redis' }],
    ['QUEUE=redis://:secret@127.0.0.1:6380/2', { redis: 'redis' }],
    ['CACHE_URL=valkey://localhost:6379', { valkey: 'valkey' }],
    ['REDIS_HOST=localhost\nREDIS_PORT=6379', { redis: 'redis' }],
    ['DATABASE_URL="mysql://root:root@localhost:3306/shop"', { mysql: 'mysql' }],
    ['MONGO=mongodb://127.0.0.1:27017/shop', { mongodb: 'mongodb' }],
    ['BROKER=amqp://guest:guest@localhost:5672', { rabbitmq: 'rabbitmq' }],
    ['NATS=nats://localhost:4222', { nats: 'nats' }],
    ['MEMCACHED_SERVERS=localhost:11211', { memcached: 'memcached' }],
    ['S3_ENDPOINT=http://localhost:9000', { minio: 'minio' }],
    ['ELASTICSEARCH_URL=http://localhost:9200', { elasticsearch: 'elasticsearch' }],
    ['SMTP_URL=smtp://localhost:1025', { mailpit: 'mailpit' }],
    ['REDIS_URL=redis://localhost:6379\nBROKER=amqp://localhost:5672', { redis: 'redis', rabbitmq: 'rabbitmq' }],
  ])('is one of each environment: %s', async (text, uses) => {
    expect((await proposed({ '.env.example': text })).uses).toEqual(uses);
  });

  it.each([
    'REDIS_URL=redis://cache.example.com:6379',
    'REDIS_URL=redis://localhost',
    '# REDIS_URL=redis://localhost:6379',
    'TEST_REDIS_URL=redis://localhost:6379',
    'DB_HOST=localhost',
    'SMTP_HOST=localhost',
    'APP_URL=http://localhost:9000',
    'S3_ENDPOINT=http://localhost:4566',
    'SEARCH=http://localhost:9200',
    'SMTP_URL=smtp://localhost:25',
  ])('is none where nothing says which: %s', async (text) => {
    expect((await proposed({ '.env.example': text })).uses).toBeUndefined();
  });

  it('is told to the services and to the copied file, whatever port it had', async () => {
    const text = 'CACHE=redis://localhost:6380/3\nSECRET=canary-77\n';
    const { services } = await proposed({ '.env.example': text });
    expect(services.web.env).toMatchObject({ CACHE: '$(REDIS_URL)/3' });
    const ofIgnored = await proposed({ '.env': text }, ['.env']);
    expect(ofIgnored).toMatchObject({ uses: { redis: 'redis' }, patch: { '.env': { CACHE: '$(REDIS_URL)/3' } } });
    expect(ofIgnored.text).toContain('wanted because of CACHE in .env');
    expect(ofIgnored.text).not.toContain('canary');
  });

  it('is the one that a compose file has', async () => {
    const compose = 'services: {web: {build: .}, store: {image: valkey/valkey:8}}';
    const { uses } = await proposed({ 'compose.yaml': compose, '.env.example': 'REDIS_URL=redis://localhost:6379' });
    expect(uses).toEqual({ store: 'valkey' });
  });

  it('is no second database beside PostgreSQL', async () => {
    const { uses } = await proposed({
      'package.json': '{"scripts": {"dev": "vite"}, "devDependencies": {"vite": "8"}, "dependencies": {"pg": "8"}}',
      '.env.example': 'OTHER_URL=mysql://root@localhost:3306/shop',
    });
    expect(uses).toBeUndefined();
  });
});

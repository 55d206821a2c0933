import { describe, expect, it } from 'vitest';
import { usedReference, withOwnAddresses, type UsedHere } from '../../../../../src/app/init/shared/usedReference';
import type { UsedToolName } from '../../../../../src/core/usedTool';
import { usedTools } from '../../../../../src/core/uses/usedTools';

const used = (tool: UsedToolName): UsedHere[] => [
  {
    ...{ name: 'store', tool, hosts: ['store', 'localhost'] },
    ports: new Map(Object.entries(usedTools[tool].ports).map(([name, port]) => [port, name])),
  },
];
const inPatch = (tool: UsedToolName, value: string) => usedReference('ADDRESS', value, used(tool), true);

describe('an address in a file that git ignores', () => {
  it.each<[UsedToolName, string]>([
    ['redis', 'redis://user:canary@localhost:6379/canary'],
    ['redis', 'redis://localhost:6379/canary-4242'],
    ['redis', 'redis://localhost:6379/0/canary'],
    ['redis', 'redis://localhost:6379/1234567890'],
    ['redis', 'redis+cluster://:canary@localhost:6379/canary'],
    ['valkey', 'valkey://localhost:6379/%63anary'],
    ['minio', 'http://key:canary@localhost:9000/canary-uploads?X-Amz-Signature=canary'],
    ['elasticsearch', 'http://localhost:9200/canary_index'],
    ['mongodb', 'mongodb://u:canary@localhost:27017/canary?authSource=canary'],
    ['mysql', 'mysql://u:canary@localhost:3306/canary'],
    ['rabbitmq', 'amqp://u:canary@localhost:5672/canary'],
    ['nats', 'nats://canary@localhost:4222/canary'],
    ['mailpit', 'smtp://u:canary@localhost:1025/canary'],
  ])('of %s gives nothing away: %s', (tool, value) => {
    const reference = inPatch(tool, value);
    expect(reference).toMatchObject({ text: expect.stringContaining('$(STORE_') });
    expect(JSON.stringify(reference)).not.toMatch(/canary|1234567890/);
    // What would have been carried over otherwise is told.
    const isOwn = ['redis', 'valkey', 'minio', 'elasticsearch'].includes(tool);
    expect(reference).toEqual(isOwn ? expect.objectContaining({ isShortened: true }) : { text: expect.anything() });
  });

  it('keeps the number of a database', () => {
    expect(inPatch('redis', 'redis://:secret@localhost:6379/12')).toEqual({ text: '$(STORE_URL)/12' });
    expect(inPatch('redis', 'redis://localhost:6379/')).toEqual({ text: '$(STORE_URL)' });
  });
});

it('an address in a file that git has keeps its path: it is known', () => {
  expect(usedReference('ADDRESS', 'http://store:9000/uploads', used('minio'), false)).toEqual({
    text: '$(STORE_URL)/uploads',
  });
});

it('a secret key is not the key that it belongs to', () => {
  const told = (name: string) =>
    usedReference(
      name,
      'anything',
      used('minio').map((each) => ({ ...each, name: 'minio' })),
      false,
    );
  expect(told('AWS_ACCESS_KEY_ID')).toEqual({ text: '$(MINIO_ACCESS_KEY)' });
  expect(told('AWS_SECRET_ACCESS_KEY')).toEqual({ text: '$(MINIO_SECRET_KEY)' });
  expect(told('S3_SECRET_KEY')).toEqual({ text: '$(MINIO_SECRET_KEY)' });
});

it('a variable that a service has with a value of its own is not what its others mean by it', () => {
  const own = 'redis://$(STORE_HOST):$(STORE_PORT)';
  expect(withOwnAddresses({ STORE_URL: `${own}/0`, BROKER: '$(STORE_URL)/1', OTHER: 'x' }, used('redis'))).toEqual({
    STORE_URL: `${own}/0`,
    BROKER: `${own}/1`,
    OTHER: 'x',
  });
  expect(withOwnAddresses({ BROKER: '$(STORE_URL)/1' }, used('redis'))).toEqual({ BROKER: '$(STORE_URL)/1' });
});

import { describe, expect, it } from 'vitest';
import { databaseAddress, databaseParts, isDatabaseInParts } from '../../../../../src/app/init/shared/databaseAddress';

const hosts = ['db', 'shop-db'];
const whole = '$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)';
const of = (name: string, value: string, inParts = false): string | undefined => {
  const said = databaseAddress(name, value, hosts, inParts);
  return said && ('text' in said ? said.text : 'a problem');
};

describe('a variable that says where the database of a compose file is', () => {
  it.each([
    ['postgres://u:p@db:5432/shop', '$(DATABASE_URL)'],
    ['postgresql://u:p@shop-db/shop', '$(DATABASE_URL)'],
    ['postgres://u:p@db/shop?sslmode=disable', `postgres://${whole}?sslmode=disable`],
    ['postgresql+asyncpg://u:p@db:5432/shop', `postgresql+asyncpg://${whole}`],
    ['jdbc:postgresql://db:5432/shop?x=1', 'jdbc:postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)?x=1'],
    ['odd+scheme://db/shop', 'a problem'],
    ['a://x,b://u@db:1/y', 'a problem'],
    ['postgres://u:p@elsewhere/shop', undefined],
    ['postgres://u:p@db.example/shop', undefined],
    ['db', undefined],
  ])('%s', (value, expected) => {
    expect(of('STORE', value)).toBe(expected);
  });

  it.each([
    ['SHOP_DB_HOST', 'shop-db', '$(DATABASE_HOST)'],
    ['POSTGRES_SERVER', 'db', '$(DATABASE_HOST)'],
    ['DB_ADDR', 'db:5432', '$(DATABASE_HOST):$(DATABASE_PORT)'],
    ['SHOP_DB_PORT', '5432', '$(DATABASE_PORT)'],
    ['POSTGRES_USER', 'db', '$(DATABASE_USER)'],
    ['DB_PASS', 'p', '$(DATABASE_PASSWORD)'],
    ['SHOP_DB_BASE', 'shop', '$(DATABASE_NAME)'],
    ['POSTGRES_DB', 'db', '$(DATABASE_NAME)'],
    ['SPRING_DATASOURCE_USERNAME', 'u', '$(DATABASE_USER)'],
    ['DB_SSLMODE', 'disable', 'disable'],
    ['DB_SSLMODE', 'require', 'a problem'],
    ['DB', 'shop', 'a problem'],
    ['REDIS_HOST', 'redis', undefined],
    ['COLOR', 'db', undefined],
  ])('%s=%s, where its neighbours say the host', (name, value, expected) => {
    expect(of(name, value, true)).toBe(expected);
  });

  it('is in parts where a host stands alone', () => {
    expect(isDatabaseInParts([['DB_HOST', 'db']], hosts)).toBe(true);
    expect(isDatabaseInParts([['DB_SERVER', 'db:5432']], hosts)).toBe(true);
    expect(isDatabaseInParts([['COLOR', 'db']], hosts)).toBe(false);
    expect(isDatabaseInParts([['URL', 'postgres://db/x']], hosts)).toBe(false);
    expect(isDatabaseInParts([['DB_HOST', 'db']], [])).toBe(false);
  });
});

describe('variables of this machine', () => {
  const local = ['localhost', '127.0.0.1'];

  it('are told from those that lead to other servers of it', () => {
    const entries: [string, string][] = [
      ['DB_HOST', '127.0.0.1'],
      ['DB_PORT', '5432'],
      ['DB_PASSWORD', 'canary'],
      ['REDIS_HOST', 'localhost'],
      ['REDIS_PORT', '6379'],
    ];
    expect(databaseParts(entries, local)).toEqual({
      DB_HOST: '$(DATABASE_HOST)',
      DB_PORT: '$(DATABASE_PORT)',
      DB_PASSWORD: '$(DATABASE_PASSWORD)',
    });
  });

  it('are left where the database is elsewhere', () => {
    expect(
      databaseParts(
        [
          ['DB_HOST', 'db.example'],
          ['DB_PORT', '1'],
        ],
        local,
      ),
    ).toEqual({});
    expect(databaseParts([['DB_PORT', '1']], local)).toEqual({});
  });
});

import { expect, it } from 'vitest';
import { databaseEnvironment } from '../../../src/core/databaseEnvironment';

it('tells a database by its URL and by its parts', () => {
  expect(databaseEnvironment('postgresql://wt_a:s%40cret@db.example:6543/wt_a?sslmode=require')).toEqual({
    DATABASE_URL: 'postgresql://wt_a:s%40cret@db.example:6543/wt_a?sslmode=require',
    DATABASE_HOST: 'db.example',
    DATABASE_PORT: '6543',
    DATABASE_USER: 'wt_a',
    DATABASE_PASSWORD: 's@cret',
    DATABASE_NAME: 'wt_a',
  });
  expect(databaseEnvironment('postgres://a@[::1]/b')).toMatchObject({ DATABASE_HOST: '::1', DATABASE_PORT: '5432' });
});

it('tells nothing but itself of what is no URL', () => {
  expect(databaseEnvironment('host=x')).toEqual({ DATABASE_URL: 'host=x' });
});

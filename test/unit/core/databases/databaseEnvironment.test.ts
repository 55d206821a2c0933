import { expect, it } from 'vitest';
import { databaseEnvironment, databaseFormProblem } from '../../../../src/core/databases/databaseEnvironment';

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

it.each([
  [
    'postgresql+asyncpg://$(DATABASE_USER):$(DATABASE_PASSWORD)@$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)?ssl=off',
    'postgresql+asyncpg://wt_a:s%40cret@db.example:6543/wt_a?ssl=off',
  ],
  ['jdbc:postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)', 'jdbc:postgresql://db.example:6543/wt_a'],
  [
    'Host=$(DATABASE_HOST);Port=$(DATABASE_PORT);Database=$(DATABASE_NAME);Password=$(DATABASE_PASSWORD)',
    'Host=db.example;Port=6543;Database=wt_a;Password=s@cret',
  ],
])('writes the URL as it is asked to: %s', (form, url) => {
  expect(databaseFormProblem(form)).toBeUndefined();
  expect(databaseEnvironment('postgresql://wt_a:s%40cret@db.example:6543/wt_a', form)).toMatchObject({
    DATABASE_URL: url,
    DATABASE_PASSWORD: 's@cret',
  });
});

it.each([
  ['postgresql+asyncpg://me@localhost/shop', 'must name $(DATABASE_HOST), or it would lead to another database'],
  ['postgresql://$(DATABASE_HOST):5432/$(DATABASE_NAME)', 'must name $(DATABASE_PORT)'],
  ['postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/shop', 'must name $(DATABASE_NAME)'],
  ['postgresql://$$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)', 'must name $(DATABASE_HOST)'],
  ['postgresql://$(DATABASE_HOST):$(DATABASE_PORT)/$(DATABASE_NAME)?x=$(HOME)', 'found $(HOME)'],
  ['$(DATABASE_URL)', 'found $(DATABASE_URL)'],
])('takes no form that leads elsewhere: %s', (form, problem) => {
  expect(databaseFormProblem(form)).toContain(problem);
});

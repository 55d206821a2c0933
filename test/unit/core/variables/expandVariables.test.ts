import { describe, expect, it } from 'vitest';
import { expandVariables } from '../../../../src/core/variables/expandVariables';

const known = { URL: 'http://one.localhost:8080', EMPTY: '' };

describe('variables that name others', () => {
  it('see what is known, and those before them', () => {
    expect(expandVariables({ API: '$(URL)/api', AUTH: '$(API)/auth$(EMPTY)' }, known)).toEqual({
      API: 'http://one.localhost:8080/api',
      AUTH: 'http://one.localhost:8080/api/auth',
    });
  });

  it('do not see those after them, nor what nobody knows', () => {
    expect(expandVariables({ FIRST: '$(SECOND)', SECOND: 'x', THIRD: '$(NOBODY) $(constructor)' }, known)).toEqual({
      FIRST: '$(SECOND)',
      SECOND: 'x',
      THIRD: '$(NOBODY) $(constructor)',
    });
  });

  it('replace what is known, from there on', () => {
    expect(expandVariables({ BEFORE: '$(URL)', URL: '$(URL)/', AFTER: '$(URL)' }, known)).toEqual({
      BEFORE: 'http://one.localhost:8080',
      URL: 'http://one.localhost:8080/',
      AFTER: 'http://one.localhost:8080/',
    });
  });

  it('are text behind two dollar signs, once', () => {
    expect(expandVariables({ TEXT: '$$(URL)', AGAIN: '$(TEXT)' }, known)).toEqual({ TEXT: '$(URL)', AGAIN: '$(URL)' });
  });
});

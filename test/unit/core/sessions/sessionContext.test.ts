import { expect, test } from 'vitest';
import { sessionContext } from '../../../../src/core/sessions/sessionContext';
import { identityOf } from '../../../support/identityOf';

test('an agent is told what is its own, in few words', () => {
  const identity = identityOf('feature');
  const text = sessionContext(identity);
  const { namespace, host } = identity.names;
  for (const name of [namespace, host, identity.parts.database?.database ?? '']) expect(text).toContain(name);
  expect(text.split(/\s+/).length).toBeLessThan(150);
  const { database: _, ...parts } = identity.parts;
  expect(sessionContext({ ...identity, parts })).not.toContain('PostgreSQL');
});

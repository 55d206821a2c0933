import { expect, it } from 'vitest';
import { leftSlotFinding } from '../../../../src/app/health/leftKeptFindings';

it('a slot of a database that was put aside is told with what the server keeps for it, and how it is dropped', () => {
  const slot = { name: 'electric', database: 'coppice_kept_1' };
  expect(leftSlotFinding({ ...slot, bytes: 5_000_000 })).toEqual({
    ...{ check: 'databases', state: 'warning' },
    message:
      'For the replication slot electric the database server keeps 4.8 MiB of what it has written, and more each day: its database was put aside (coppice_kept_1), and nobody can follow it there.',
    advice:
      "Who may drop it, a superuser or a role with REPLICATION, does that by: SELECT pg_drop_replication_slot('electric')",
  });
  expect(leftSlotFinding({ ...slot, bytes: undefined }).message).toContain('keeps all that it writes: its');
});

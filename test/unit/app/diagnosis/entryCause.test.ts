import { expect, it } from 'vitest';
import { entryCause } from '../../../../src/app/diagnosis/entryCause';
import { temporalWords } from '../../../../src/core/temporal/temporalWords';
import { anEntry, anEnvironment, aService, aSnapshot, aWorktree } from '../../ui/builders';

it('says beside a state what else is to be known, each in a sentence, of a part by its name', () => {
  const news = { state: 'told', running: 1, failed: 2, page: 'http://127.0.0.1:8233' } as const;
  const temporal = { part: 'temporalNamespace', title: 'Temporal', name: 'worktree-feature', ...temporalWords(news) };
  const stopped = [aService({ desired: 0, ready: 0, health: 'stopped', state: 'Stopped' })];
  const entry = anEntry({
    worktree: aWorktree({ locked: '', isLockStale: true }),
    environment: anEnvironment({ parts: [temporal], services: stopped, health: 'stopped' }),
    movedFrom: '/repo.worktrees/before',
  });
  expect(entryCause(entry, aSnapshot({ entries: [entry] }))).toMatchObject({
    kind: 'stopped',
    evidence: ['Locked by a process that ended.', 'Moved, not updated since.', 'Temporal: 2 workflows failed.'],
  });
});

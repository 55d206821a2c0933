import { expect, it } from 'vitest';
import { deleteRemarks } from '../../../../src/app/view/deleteRemarks';

it('says of a delete what is lost, what is left and where commits stay, in sentences, and nothing where there is nothing', () => {
  expect(deleteRemarks({})).toEqual([]);
  expect(deleteRemarks({ recovery: [] })).toEqual([]);
  expect(
    deleteRemarks({
      recovery: ['refs/coppice/recovery/a/topic', 'refs/coppice/recovery/b/topic'],
      left: 'what could not be deleted (EACCES) lies in /trash/one',
      lost: '/code/topic was on another file system.',
    }),
  ).toEqual([
    '/code/topic was on another file system.',
    'What could not be deleted (EACCES) lies in /trash/one.',
    'Commits that nothing else has stay at refs/coppice/recovery/a/topic, refs/coppice/recovery/b/topic.',
  ]);
});

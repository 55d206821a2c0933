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

it('names programs that work in what was its folder, and counts those beyond a few', () => {
  const programs = Array.from({ length: 7 }, (_, index) => ({ pid: 10 + index, name: `sh${index}` }));
  const begin = 'Not ended, and still at work in what was its folder';
  expect(deleteRemarks({ programs: programs.slice(0, 2) })).toEqual([`${begin}: sh0 (process 10), sh1 (process 11).`]);
  const many = [1, 2, 3].map((pid) => ({ pid, name: 'code' }));
  expect(deleteRemarks({ programs: [...many, ...programs.slice(0, 1)] })).toEqual([
    `${begin}: code (3 processes), sh0 (process 10).`,
  ]);
  expect(deleteRemarks({ programs }).join('')).toMatch(/, sh4 \(process 14\), and 2 more\.$/);
});

import { beforeEach, expect, it } from 'vitest';
import type { ReportRequest } from '../../../../src/app/report/makeReport';
import { commandHandlers } from '../../../../src/ui/commands/commandHandlers';
import { editor } from '../../../support/vscodeStub';
import { aContext } from '../context';

beforeEach(() => editor.reset());

it('opens a report that is nowhere but in the editor, and sends nothing', async () => {
  const requests: ReportRequest[] = [];
  const { context, calls, logged } = aContext(
    {
      reports: {
        make: async (request) => {
          requests.push(request);
          return '# What does not work\n';
        },
      },
      secrets: { values: async () => ['kept'] },
    },
    ['/repo'],
  );
  logged.push('[info] started');
  await commandHandlers['coppice.reportProblem'](context, undefined);
  expect(requests).toMatchObject([{ folder: '/repo', program: 'Editor 1.2.3', secrets: ['kept'] }]);
  expect(requests[0]?.log).toContain('[info] started');
  expect(editor.untitled).toEqual([{ language: 'markdown', content: '# What does not work\n' }]);
  expect(editor.documents).toHaveLength(1);
  expect({ calls, messages: editor.messages, executed: editor.executed }).toEqual({
    calls: [],
    messages: [],
    executed: [],
  });
});

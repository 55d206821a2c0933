import { LogsPage } from './logsPage';
import { firstLogsState, isLogsState, type FromLogs, type LogsState } from './logsProtocol';

interface EditorApi {
  postMessage(message: FromLogs): void;
  getState(): unknown;
  setState(state: LogsState): void;
}
declare function acquireVsCodeApi(): EditorApi;

const editor = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
const worktree = document.body.dataset['worktree'] ?? '';
const known = editor.getState();
const state = isLogsState(known) && known.worktree === worktree ? known : firstLogsState(worktree);

const page = new LogsPage(root, state, {
  post: (message) => editor.postMessage(message),
  nextFrame: (work) => requestAnimationFrame(work),
  onChange: () => editor.setState(page.state),
});
editor.setState(page.state);

addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
  if (origin === window.origin) page.receive(data);
});
// What stands in the document itself is there before the extension has heard that the page is.
const first: unknown = JSON.parse(document.getElementById('first')?.textContent ?? '[]');
if (Array.isArray(first)) for (const message of first) page.receive(message);
editor.postMessage({ type: 'ready' });
if (page.state.isSinceEdit) editor.postMessage({ type: 'edits', isWanted: true });

import { OverviewPage } from './overviewPage';
import { isOverviewState, type FromOverview, type OverviewState } from './overviewProtocol';

interface EditorApi {
  postMessage(message: FromOverview): void;
  getState(): unknown;
  setState(state: OverviewState): void;
}
declare function acquireVsCodeApi(): EditorApi;

const editor = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
const known = editor.getState();
const state = isOverviewState(known) ? known : { order: { column: '', isDescending: false }, filter: '', row: '' };

let isFirst = true;
const page = new OverviewPage(root, state, {
  post: (message) => editor.postMessage(message),
  nextFrame: (work) =>
    requestAnimationFrame(() => {
      const begin = performance.now();
      work();
      performance.measure('coppice-update', { start: begin, end: performance.now() });
      if (isFirst) performance.mark('coppice-first-content');
      isFirst = false;
    }),
  onChange: () => editor.setState({ version: '1', ...page.state }),
});
editor.setState({ version: '1', ...page.state });

addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
  if (origin === window.origin) page.receive(data);
});
// What stands in the document itself is there before the extension has heard that the page is.
const first: unknown = JSON.parse(document.getElementById('first')?.textContent ?? '[]');
if (Array.isArray(first)) for (const message of first) page.receive(message);
editor.postMessage({ type: 'ready' });

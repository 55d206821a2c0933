import { makeChart } from './chart';
import { Page } from './page';
import { pageStateOf, type PageState, type ToHost } from './protocol';
import { registerToolkit } from './toolkit';

interface EditorApi {
  postMessage(message: ToHost): void;
  getState(): unknown;
  setState(state: PageState): void;
}
declare function acquireVsCodeApi(): EditorApi;

/** How long frames that nobody sees stay loaded: whoever comes back soon finds them as they were. Milliseconds. */
const framesStayMs = 5 * 60_000;
const scrollSettlesMs = 200;

const editor = acquireVsCodeApi();
const root = document.getElementById('page') ?? document.body;
const worktree = document.body.dataset['worktree'] ?? '';

registerToolkit();
let isFirst = true;
const page = new Page(root, {
  makeChart,
  post: (message) => {
    editor.postMessage(message);
    if (message.type === 'choose') remember();
  },
  nextFrame: (work) =>
    requestAnimationFrame(() => {
      work();
      if (isFirst) performance.mark('coppice-first-content');
      isFirst = false;
    }),
});

function remember(): void {
  const { view, comparedWith } = page;
  editor.setState({ version: '2', worktree, view, scroll: window.scrollY, comparedWith });
}

let pausing: ReturnType<typeof setTimeout> | undefined;
addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
  // The editor speaks from the page's own origin; a frame of Grafana does not.
  const { comparedWith } = page;
  if (origin !== window.origin || !page.receive(data)) return;
  if (page.comparedWith !== comparedWith) remember();
  if (page.isVisible) {
    clearTimeout(pausing);
    pausing = undefined;
  } else pausing ??= setTimeout(() => page.pauseFrames(), framesStayMs);
});

// What stands in the document itself is there before the extension has heard that the page is.
const first: unknown = JSON.parse(document.getElementById('first')?.textContent ?? '[]');
if (Array.isArray(first)) for (const message of first) page.receive(message);

const known = pageStateOf(editor.getState());
if (known?.worktree === worktree)
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo({ top: known.scroll })));
let settling: ReturnType<typeof setTimeout> | undefined;
addEventListener('scroll', () => {
  clearTimeout(settling);
  settling = setTimeout(remember, scrollSettlesMs);
});
remember();

new MutationObserver(() => page.restyle()).observe(document.body, {
  attributes: true,
  attributeFilter: ['class', 'data-vscode-theme-id'],
});
new ResizeObserver(() => page.resize()).observe(root);
editor.postMessage({ type: 'ready' });

// The editor's API as an extension host would give it to the extension: a trusted folder is open, nobody looks at the view.
import { Uri, editor, window as stub } from '../support/vscodeStub';

export * from '../support/vscodeStub';

const silent = (): undefined => undefined;

export const window = {
  ...stub,
  createOutputChannel: () => ({
    trace: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    show: silent,
    dispose: silent,
  }),
};

editor.folders = [{ uri: Uri.file(process.cwd()), name: 'folder', index: 0 }];

/*
 * The one file that knows VS Code's webview toolkit: upstream has archived it, and the day it fails this file is what is
 * replaced. Only the controls that the page uses are taken.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeLink,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';

export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeLink(), vsCodeOption());
}

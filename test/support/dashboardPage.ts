import type { Frame, Locator } from 'playwright-core';
import { expect } from 'vitest';
import type { VSCodeWindow } from './vscodeWindow';

const patience = { timeout: 90_000, interval: 200 };

/** The dashboard of one worktree in a window of VS Code. */
export class DashboardPage {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Resolves when the dashboard of this worktree's folder is drawn. */
  static async of(window: VSCodeWindow, worktree: string): Promise<DashboardPage> {
    let found: Frame | undefined;
    await expect
      .poll(async () => {
        for (const frame of window.page.frames()) {
          const [folder] = await frame
            .locator('body[data-worktree]:has(h1)')
            .evaluateAll((bodies) => bodies.map((body) => body.getAttribute('data-worktree')))
            .catch(() => []);
          if (folder === worktree) found = frame;
        }
        return found !== undefined;
      }, patience)
      .toBe(true);
    if (!found) throw new Error(`no dashboard of ${worktree}`);
    return new DashboardPage(found);
  }

  get header(): Locator {
    return this.frame.locator('header');
  }

  get notice(): Locator {
    return this.frame.locator('.notice');
  }

  panel(name: string): Locator {
    return this.frame.locator(`[data-panel="${name}"]`).filter({ visible: true });
  }

  /** Addresses of Grafana's frames, as they are in the page. */
  async frameUrls(): Promise<URL[]> {
    const urls = await this.frame
      .locator('iframe')
      .evaluateAll((frames) => frames.map((frame) => frame.getAttribute('src') ?? ''));
    return urls.map((url) => new URL(url));
  }

  /** Opens a list of the toolbar and chooses from it, as a person would. */
  async choose(list: string, option: string): Promise<void> {
    const dropdown = this.frame.locator(`#${list}`);
    await dropdown.click();
    await dropdown.locator('vscode-option', { hasText: option }).click();
  }

  button(title: string): Locator {
    return this.frame.getByRole('button', { name: title, exact: true });
  }
}

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { until } from './until';

/** A row of a tree view as a person sees it. */
export interface TreeRow {
  readonly label: string;
  readonly description: string;
  /** 1 for the outermost rows. */
  readonly level: number;
  readonly expanded: boolean;
  readonly ariaLabel: string;
}

/** One window of VS Code: what a person does in it, and what they see. */
export class VSCodeWindow {
  readonly page: Page;
  /** What the page wrote to its console as errors, for a test that fails. */
  readonly consoleErrors: string[] = [];
  readonly #screenshots: string;

  constructor(page: Page, screenshots: string) {
    this.page = page;
    this.#screenshots = screenshots;
    page.on('console', (message) => {
      if (message.type() === 'error') this.consoleErrors.push(message.text());
    });
    page.on('pageerror', (error) => this.consoleErrors.push(String(error)));
  }

  /** Resolves when the window can be worked with: its parts are drawn and it is connected to its extension host. */
  async ready(timeout = 60_000): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout });
    await this.page.locator('.monaco-workbench .part.activitybar').waitFor({ timeout });
  }

  /**
   * Loads the window anew, once the browser has kept what is to come back: VS Code writes it every few seconds, when it has
   * nothing else to do, and a page that goes waits for no write that is under way.
   */
  async reload(kept: RegExp, timeout = 120_000): Promise<void> {
    await until(async () => kept.test(String(await this.page.evaluate(readKept))), timeout);
    await this.page.reload({ waitUntil: 'domcontentloaded' });
    await this.ready();
  }

  /** The folder that the window shows, from its address. */
  get folder(): string | null {
    return new URL(this.page.url()).searchParams.get('folder');
  }

  /**
   * Runs a command from the palette by its full title, "Category: Title". The palette lists what may be run in the moment of its
   * opening: as a person would, it is opened again where the command may be run only since then.
   */
  async runCommand(title: string): Promise<void> {
    const row = this.#quickRow(title).first();
    await until(async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.waitFor();
      await this.quickInput.fill(`>${title}`);
      const isShown = await row.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
      if (!isShown) await this.page.keyboard.press('Escape');
      return isShown;
    }, 30_000);
    await row.click();
  }

  /** Where a quick pick or an input box takes text. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** What a quick pick or an input box says: its title, and its prompt or error. */
  async quickText(): Promise<string> {
    return (await this.page.locator('.quick-input-widget:visible').innerText()).trim();
  }

  /** Resolves when a quick pick or an input box shows this text in its title, its placeholder or its message. */
  async quickShows(text: string | RegExp, timeout = 15_000): Promise<void> {
    const widget = this.page.locator('.quick-input-widget:visible');
    const placeholder = typeof text === 'string' ? this.page.getByPlaceholder(text) : this.page.getByPlaceholder(text);
    await widget.filter({ hasText: text }).or(placeholder).first().waitFor({ timeout });
  }

  /** The labels that a quick pick offers now. */
  async quickLabels(): Promise<string[]> {
    return this.page.locator('.quick-input-widget:visible .quick-input-list .label-name').allInnerTexts();
  }

  /** Chooses a row of the open quick pick by its label, or by a part of it where the row is not unique otherwise. */
  async pick(label: string | RegExp): Promise<void> {
    await this.#quickRow(label).first().click();
  }

  /** Types into the open quick pick or input box and accepts it. */
  async answer(text: string): Promise<void> {
    await this.quickInput.waitFor();
    await this.quickInput.fill(text);
    await this.quickInput.press('Enter');
  }

  #quickRow(label: string | RegExp): Locator {
    const rows = this.page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
    const exact = typeof label === 'string' ? new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`) : label;
    return rows.filter({ has: this.page.locator('.label-name', { hasText: exact }) });
  }

  /** Shows a container of the activity bar. */
  async showContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.part.activitybar .action-item:has(.action-label[aria-label^="${title}"])`);
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true' || !(await this.sideBar.isVisible())) await tab.click();
    await this.sideBar.locator('.composite.title', { hasText: new RegExp(escapeRegExp(title), 'i') }).waitFor();
  }

  get sideBar(): Locator {
    return this.page.locator('.part.sidebar');
  }

  /** Makes the side bar as wide as this, in pixels, so that its rows are not cut. */
  async widenSideBar(width: number): Promise<void> {
    const box = await this.sideBar.boundingBox();
    if (!box) throw new Error('the side bar is not shown');
    await this.page.mouse.move(box.x + box.width + 2, box.y + 300);
    await this.page.mouse.down();
    await this.page.mouse.move(box.x + width, box.y + 300, { steps: 5 });
    await this.page.mouse.up();
  }

  /** The rows of the trees in the side bar that are drawn now. */
  async treeRows(): Promise<TreeRow[]> {
    return this.sideBar.locator('.monaco-list-row[role="treeitem"]').evaluateAll((rows) =>
      rows
        .map((row) => ({ row, index: Number(row.getAttribute('data-index')) }))
        .toSorted((a, b) => a.index - b.index)
        .map(({ row }) => ({
          label: row.querySelector('.label-name')?.textContent?.trim() ?? '',
          description: row.querySelector('.label-description')?.textContent?.trim() ?? '',
          level: Number(row.getAttribute('aria-level')),
          expanded: row.getAttribute('aria-expanded') === 'true',
          ariaLabel: row.getAttribute('aria-label') ?? '',
        })),
    );
  }

  /** A row of a tree in the side bar by its label. */
  treeRow(label: string): Locator {
    return this.sideBar.locator('.monaco-list-row[role="treeitem"]').filter({
      has: this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${escapeRegExp(label)}\\s*$`) }),
    });
  }

  async expand(label: string): Promise<void> {
    const row = this.treeRow(label).first();
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** Clicks the inline button of a tree row. */
  async inlineAction(rowLabel: string, title: string): Promise<void> {
    const row = this.treeRow(rowLabel).first();
    await row.hover();
    await row.locator(`.action-label[aria-label^="${title}"]`).click();
  }

  /** Chooses from the context menu of a tree row. */
  async contextAction(rowLabel: string, title: string): Promise<void> {
    await this.treeRow(rowLabel).first().click({ button: 'right' });
    // A menu takes no button's release in its first 100 ms: that of the click that opened it is on its way then.
    await this.page.locator('.context-view .action-label', { hasText: title }).first().click({ delay: 150 });
  }

  /** The text of all status bar items, as a screen reader hears them. */
  async statusBar(): Promise<string[]> {
    const items = this.page.locator('.part.statusbar .statusbar-item:visible .statusbar-item-label');
    const labels = await items.evaluateAll((all) => all.map((item) => item.getAttribute('aria-label') ?? ''));
    return labels.filter((label) => label !== '');
  }

  statusBarItem(text: string | RegExp): Locator {
    return this.page.locator('.part.statusbar .statusbar-item:visible', { hasText: text });
  }

  /** Notifications that are on screen now: their messages. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** Presses a button of a notification. */
  async notificationButton(text: string | RegExp, button: string): Promise<void> {
    const toast = this.notification(text);
    await toast.hover();
    await toast.locator('.monaco-button', { hasText: button }).click();
  }

  /** The dialog (modal) that is open: its locator. */
  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async dialogButton(button: string | RegExp): Promise<void> {
    await this.dialog.locator('.monaco-button', { hasText: button }).click();
  }

  /** The text of the terminal in front. */
  async terminalText(): Promise<string> {
    return (await this.page.locator('.terminal-wrapper.active .xterm-rows').first().innerText()).replaceAll(
      '\u00a0',
      ' ',
    );
  }

  /** Types a line into the terminal in front. */
  async typeIntoTerminal(line: string): Promise<void> {
    await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').first().focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Keeps a picture of the window, or of a part of it, in out/test/screenshots; resolves with its path. */
  async screenshot(name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<string> {
    const path = await this.screenshotPath(name);
    await this.page.screenshot({ path, ...(clip ? { clip } : {}) });
    return path;
  }

  /** Where the picture of this name is kept. */
  async screenshotPath(name: string): Promise<string> {
    await mkdir(this.#screenshots, { recursive: true });
    return join(this.#screenshots, `${name}.png`);
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Runs in the page: what VS Code for the web has in the databases of its windows, which editors are open and how they are left. */
const readKept = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith('vscode-web-state-db-')) continue;
    const database = await done(indexedDB.open(name));
    try {
      if (!database.objectStoreNames.contains('ItemTable')) continue;
      const table = database.transaction('ItemTable').objectStore('ItemTable');
      texts.push(String((await done(table.get('memento/workbench.parts.editor'))) ?? ''));
    } finally {
      database.close();
    }
  }
  return texts.join('\\n');
})()`;

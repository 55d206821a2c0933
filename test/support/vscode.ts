import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/workplace/chromium.mjs';
import { serveVSCode } from '../../scripts/workplace/codeServer.mjs';
import { demoEnvironment } from '../../scripts/workplace/demo.mjs';
import { root } from '../../scripts/workplace/run.mjs';
import { VSCodeWindow } from './vscodeWindow';

/** Where a test run leaves what a person may want to see afterwards. */
export const testOutput = join(root, 'out', 'test');

export interface VSCodeOptions {
  /** Names the log file in out/test. */
  readonly name: string;
  /** Packaged extensions to install. */
  readonly vsix: readonly string[];
  /** User settings, beside those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether every folder is trusted (default). When false a folder opens restricted, without a question. */
  readonly trusted?: boolean;
  /** Variables for VS Code and what it starts. */
  readonly env?: NodeJS.ProcessEnv;
}

type Server = Awaited<ReturnType<typeof serveVSCode>>;

const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'remote.autoForwardPorts': false,
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'window.commandCenter': false,
  'workbench.colorTheme': 'Default Light Modern',
  // What moves or hovers ends up in pictures half done.
  'workbench.hover.delay': 10_000,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** A real VS Code, served to a real browser, with folders of its own that end with it. */
export class VSCode {
  readonly #server: Server;
  readonly #folder: string;
  #settings: Readonly<Record<string, unknown>>;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #windows = new Map<Page, VSCodeWindow>();

  private constructor(
    server: Server,
    folder: string,
    settings: Readonly<Record<string, unknown>>,
    browser: Browser,
    context: BrowserContext,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#settings = settings;
    this.#browser = browser;
    this.#context = context;
    context.on('page', (page) => this.#windowOf(page));
  }

  /** Rejects when VS Code does not serve within a minute. The caller stops it. */
  static async start(options: VSCodeOptions): Promise<VSCode> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error('no Chromium: npm test installs it, or COPPICE_CHROMIUM names it');
    const folder = await mkdtemp(join(tmpdir(), 'coppice-vscode-'));
    const folders = { userData: join(folder, 'user'), extensions: join(folder, 'extensions') };
    const settings = { ...quietSettings, ...options.settings };
    await writeSettings(folders.userData, settings);
    const server = await serveVSCode({
      vsix: options.vsix,
      folders,
      env: { ...demoEnvironment(), ...options.env },
      log: join(testOutput, `vscode-${options.name}.log`),
      args: options.trusted === false ? [] : ['--disable-workspace-trust'],
      firstPort: 0,
    });
    try {
      const browser = await chromium.launch({
        executablePath,
        args: [
          ...['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
          ...['--disable-sync', '--no-first-run'],
        ],
      });
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.address });
      return new VSCode(server, folder, settings, browser, context);
    } catch (error) {
      server.stop();
      await server.ended;
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Opens a window on a folder, or an empty window. */
  async open(folder?: string): Promise<VSCodeWindow> {
    const page = await this.#context.newPage();
    const query = folder === undefined ? '?ew=true' : `?folder=${encodeURI(folder)}`;
    await page.goto(`${this.#server.address}/${query}`, { waitUntil: 'domcontentloaded' });
    const window = this.#windowOf(page);
    await window.ready();
    return window;
  }

  /** Does something that opens a window, and resolves with that window once it is usable. */
  async openedBy(action: () => Promise<void>, timeout = 60_000): Promise<VSCodeWindow> {
    const [page] = await Promise.all([this.#context.waitForEvent('page', { timeout }), action()]);
    const window = this.#windowOf(page);
    await window.ready();
    return window;
  }

  /** Of the user's settings, as if a person had edited the file; open windows follow. */
  async changeSettings(change: Readonly<Record<string, unknown>>): Promise<void> {
    this.#settings = { ...this.#settings, ...change };
    await writeSettings(join(this.#folder, 'user'), this.#settings);
  }

  /** Another browser page, for an environment's URL. */
  async browse(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    await page.goto(url);
    return page;
  }

  /** Of the server. */
  get pid(): number {
    return this.#server.pid;
  }

  get windows(): readonly VSCodeWindow[] {
    return [...this.#windows.values()];
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    this.#server.stop();
    await this.#server.ended;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #windowOf(page: Page): VSCodeWindow {
    const known = this.#windows.get(page);
    if (known) return known;
    const window = new VSCodeWindow(page, join(testOutput, 'screenshots'));
    this.#windows.set(page, window);
    page.on('close', () => this.#windows.delete(page));
    return window;
  }
}

/** What is set about a machine counts only in the settings of the machine that the extensions run on. */
async function writeSettings(userData: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  for (const folder of ['User', 'Machine'].map((name) => join(userData, name))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings, null, 2));
  }
}

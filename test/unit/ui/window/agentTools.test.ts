import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as vscode from 'vscode';
import manifest from '../../../../package.json';
import { registerAgentTools } from '../../../../src/ui/window/agentTools';
import { editor, lm } from '../../../support/vscodeStub';

let place = '';
beforeEach(async () => {
  editor.reset();
  place = await mkdtemp(join(tmpdir(), 'coppice-agent-tools-'));
  for (const name of ['one', 'two']) await mkdir(join(place, name));
  await writeFile(join(place, 'one', 'coppice.yaml'), 'version: 1\n');
  editor.folders = ['one', 'two'].map((name, index) => ({
    uri: vscode.Uri.file(join(place, name)),
    name,
    index,
  }));
});
afterEach(() => rm(place, { recursive: true }));

const [contributed] = manifest.contributes.mcpServerDefinitionProviders;
const offered = () => lm.providers.get(contributed?.id ?? '')?.provideMcpServerDefinitions();

it('are offered for each folder with a coppice.yaml, by the editor’s own Node.js, with the settings that a person changed', async () => {
  editor.settings.set('coppice.home', '/elsewhere');
  const held = registerAgentTools(vscode.Uri.file('/extension'));
  expect(await offered()).toMatchObject([
    {
      label: 'Coppice: one',
      command: process.execPath,
      args: ['/extension/dist/cli.js', 'mcp'],
      env: { COPPICE_HOME: '/elsewhere', ELECTRON_RUN_AS_NODE: '1' },
      cwd: { path: join(place, 'one') },
    },
  ]);
  held.dispose();
  expect(lm.providers.size).toBe(0);
});

it('are not offered in a folder that is not trusted', async () => {
  editor.isTrusted = false;
  const held = registerAgentTools(vscode.Uri.file('/extension'));
  expect(await offered()).toEqual([]);
  held.dispose();
});

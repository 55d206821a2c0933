import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundledTools } from '../../scripts/workplace/helm.mjs';

const root = join(import.meta.dirname, '..', '..');
const installed = bundledTools.helm;

/** npm has it for Linux only; elsewhere it is the one on PATH. */
export const helmPath = process.env['COPPICE_TEST_HELM'] ?? (existsSync(installed) ? installed : 'helm');
export const chart = join(root, 'charts', 'worktree');

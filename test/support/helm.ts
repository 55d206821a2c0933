import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundledTools, helmFrom } from '../../scripts/workplace/helm.mjs';
import { kubernetesToolsObtained } from './kubernetesTools';

const root = join(import.meta.dirname, '..', '..');
const installed = bundledTools.helm;

/** npm has it for Linux only; elsewhere it is the one on PATH. */
export const helmPath = process.env['COPPICE_TEST_HELM'] ?? (existsSync(installed) ? installed : 'helm');
/** How this machine came by it, for docs/verified.md. */
export const helmObtained =
  helmPath === installed
    ? `npm (${helmFrom})`
    : process.env['COPPICE_TEST_HELM']
      ? kubernetesToolsObtained
      : 'found on PATH';
export const chart = join(root, 'charts', 'worktree');

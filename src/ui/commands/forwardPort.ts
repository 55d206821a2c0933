import * as vscode from 'vscode';
import { runWithProgress } from '../report/progress';
import { targetService } from '../context/prompts';
import { plainLine } from '../editor/text';
import { forwardRow } from '../tree/nodes';
import type { CommandHandler } from '../context/commandContext';

/** Leads a free port of this machine to a service; a row below the service says which, until it is stopped or the window closes. */
export const forwardPort: CommandHandler = async (context, argument) => {
  const target = await targetService(context, argument, 'Choose the service to forward a port of');
  if (!target) return;
  const { path } = target.entry.worktree;
  const service = target.service.name;
  const at = { folder: path, path, service };
  const { services, log } = context.dependencies;
  const ports = await services.ports(at, { signal: new AbortController().signal, report: () => undefined });
  const answer = await vscode.window.showInputBox({
    title: `Forward a Port of ${plainLine(service)}`,
    prompt: 'The port of the service. It gets a free port of this machine.',
    value: String(ports[0] ?? ''),
    validateInput: (text) => (isPort(text) ? undefined : 'A number from 1 to 65535'),
  });
  if (answer === undefined || !isPort(answer)) return;
  const title = `Forwarding port ${Number(answer)} of ${service}`;
  const made = await runWithProgress(title, services.forward, { ...at, port: Number(answer) }, log);
  context.forwardedPorts.add(path, made);
  // A row that had no children before stays closed by itself.
  await context.reveal(forwardRow({ path, service, localPort: made.localPort }));
};

function isPort(text: string): boolean {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port >= 1 && port <= 65_535;
}

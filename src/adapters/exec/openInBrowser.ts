import { AppError } from '../../core/errors';
import { exec } from './exec';

/** Hands a URL to the desktop's browser. @throws missingTool where there is no desktop */
export async function openInBrowser(url: string, env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const [file, argv]: [string, string[]] =
    process.platform === 'darwin'
      ? ['open', [url]]
      : process.platform === 'win32'
        ? ['rundll32', ['url.dll,FileProtocolHandler', url]]
        : ['xdg-open', [url]];
  const { exitCode } = await exec({ file, argv, env, timeoutMs: 10_000, maxOutputBytes: 64 * 1024 });
  if (exitCode !== 0) throw new AppError('failed', `${file} could not open ${url}.`);
}

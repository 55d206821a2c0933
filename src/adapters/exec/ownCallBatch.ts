import { farewell } from './goneScript';

export interface OwnCallBatch {
  readonly cli: string;
  readonly execPath: string;
  /** What the folders of other versions begin with; undefined: there are none. */
  readonly others: string | undefined;
  /** The file of `goneScript`. */
  readonly gone: string;
}

/**
 * What other tools call, for the command processor of Windows. Where Coppice is gone git runs what is done then: it brings a shell along,
 * and whoever has worktrees has git.
 */
export function ownCallBatch({ cli, execPath, others, gone }: OwnCallBatch): string {
  const escaped = (text: string): string => text.replaceAll('%', '%%');
  const script = escaped(gone.replaceAll('\\', '/')).replaceAll("'", "'\\''");
  return [
    '@echo off',
    'rem Written by Coppice: what other tools call. "coppice connect" writes it anew.',
    'setlocal DisableDelayedExpansion',
    // The folder is a repository's, and may have a git.exe or node.exe of its own.
    'set "NoDefaultCurrentDirectoryInExePath=1"',
    `set "cli=${escaped(cli)}"`,
    `set "node=${escaped(execPath)}"`,
    ...(others === undefined
      ? []
      : [
          `if not exist "%cli%" for /d %%d in ("${escaped(others)}*") do if exist "%%d\\dist\\cli.js" set "cli=%%d\\dist\\cli.js"`,
        ]),
    'if not exist "%node%" set "node=node"',
    'if not exist "%cli%" goto gone',
    'set ELECTRON_RUN_AS_NODE=1',
    '"%node%" "%cli%" %*',
    'exit /b %ERRORLEVEL%',
    ':gone',
    'where git >nul 2>nul',
    'if errorlevel 1 (',
    `  echo ${farewell} 1>&2`,
    '  exit /b 1',
    ')',
    // Another repository's variables, as in a hook of git, would lead the script there.
    'set "GIT_DIR="',
    'set "GIT_WORK_TREE="',
    `git -c "alias.coppice-gone=!unset GIT_DIR GIT_WORK_TREE; sh '${script}'" coppice-gone %*`,
    'exit /b %ERRORLEVEL%',
    '',
  ].join('\r\n');
}

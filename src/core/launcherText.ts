/** What a launcher of ours says of itself: only what has this line is ever written anew, or removed. */
const mark = "Written by the VS Code extension Coppice, which keeps it up to date: don't change it.";
const gone = 'coppice: the extension Coppice is not where it was. Open VS Code with it once, and this is written anew.';

export interface Launched {
  /** What runs JavaScript. */
  readonly program: string;
  /** It does so only when it is told to. */
  readonly isElectron: boolean;
  readonly script: string;
  /** Where another version of the extension has its script, with one `*` for the version; undefined: there are no others. */
  readonly otherScripts: string | undefined;
}

/** Whether a file called `coppice` is one of ours. */
export function isLauncher(text: string): boolean {
  return text.split(/\r?\n/, 2)[1]?.includes(mark) === true;
}

export function shellLauncher({ program, isElectron, script, otherScripts }: Launched): string {
  const [before = '', after = ''] = otherScripts?.split('*') ?? [];
  return [
    '#!/bin/sh',
    `# ${mark}`,
    `program=${quoted(program)}`,
    `script=${quoted(script)}`,
    ...(otherScripts === undefined ? [] : newestInShell(quoted(before), quoted(after))),
    '[ -x "$program" ] || program=$(command -v node)',
    'if [ ! -f "$script" ] || [ -z "$program" ]; then',
    `  echo ${quoted(gone)} >&2`,
    '  exit 4',
    'fi',
    ...(isElectron ? ['export ELECTRON_RUN_AS_NODE=1'] : []),
    'exec "$program" "$script" "$@"',
    '',
  ].join('\n');
}

/** The newest version that is there: by the alphabet 0.9 would be newer than 0.10. */
function newestInShell(before: string, after: string): readonly string[] {
  return [
    'if [ ! -f "$script" ]; then',
    '  major=-1',
    `  for other in ${before}*${after}; do`,
    `    version=\${other#${before}}`,
    '    version=${version%%[!0-9.]*}',
    '    rest=${version#*.}',
    '    a=${version%%.*} b=${rest%%.*} c=${rest#*.}',
    '    case "$a.$b.$c" in *[!0-9.]* | .* | *..* | *. | *.*.*.*) continue ;; esac',
    '    if [ "$a" -lt "$major" ]; then continue; fi',
    '    if [ "$a" -eq "$major" ] && [ "$b" -lt "$minor" ]; then continue; fi',
    '    if [ "$a" -eq "$major" ] && [ "$b" -eq "$minor" ] && [ "$c" -lt "$patch" ]; then continue; fi',
    '    major=$a minor=$b patch=$c script=$other',
    '  done',
    'fi',
  ];
}

/** The same. The command processor would read signs in a name once more where it is called with it: it is called with numbers. */
function newestInBatch(folders: string, inFolder: string, parts: number): readonly string[] {
  const tokens = `tokens=${parts + 1}-${parts + 3} delims=.-`;
  return [
    'if exist "%script%" goto found',
    'set "major=-1"',
    'set "minor=0"',
    'set "patch=0"',
    `for /d %%d in ("${folders}") do if exist "%%d${inFolder}" (`,
    '  set "other=%%d"',
    `  for /f "${tokens}" %%a in ("%%~nxd") do call :compare %%a %%b %%c`,
    ')',
    ':found',
  ];
}

function compareInBatch(inFolder: string): readonly string[] {
  return [
    ':compare',
    'if "%3"=="" exit /b 0',
    'if %1 lss %major% exit /b 0',
    'if %1 equ %major% if %2 lss %minor% exit /b 0',
    'if %1 equ %major% if %2 equ %minor% if %3 lss %patch% exit /b 0',
    'set "major=%1"',
    'set "minor=%2"',
    'set "patch=%3"',
    `set "script=%other%${inFolder}"`,
    'exit /b 0',
  ];
}

/**
 * @param profile the user's folder: the command processor reads files in a code page that may not have the letters of its name, so
 *   that it is written as the variable
 */
export function batchLauncher({ program, isElectron, script, otherScripts }: Launched, profile: string): string {
  const path = (text: string): string => {
    const inProfile = profile !== '' && text.toLowerCase().startsWith(`${profile.toLowerCase()}\\`);
    const escaped = (part: string): string => part.replaceAll('%', '%%');
    return inProfile ? `%USERPROFILE%${escaped(text.slice(profile.length))}` : escaped(text);
  };
  const [folders = '', inFolder = ''] = otherScripts?.split(/(?<=\*)/) ?? [];
  // As the command processor takes the name of such a folder apart: at dots and hyphens.
  const parts = (folders.split('\\').at(-1) ?? '').split(/[.*-]+/).filter((part) => part !== '').length;
  return [
    '@echo off',
    `rem ${mark}`,
    'setlocal DisableDelayedExpansion',
    `set "program=${path(program)}"`,
    `set "script=${path(script)}"`,
    ...(otherScripts === undefined ? [] : newestInBatch(path(folders), path(inFolder), parts)),
    'if not exist "%program%" set "program=node"',
    'if not exist "%script%" goto gone',
    ...(isElectron ? ['set "ELECTRON_RUN_AS_NODE=1"'] : []),
    '"%program%" "%script%" %*',
    'exit /b %ERRORLEVEL%',
    ':gone',
    `echo ${gone} 1>&2`,
    'exit /b 4',
    ...(otherScripts === undefined ? [] : compareInBatch(path(inFolder))),
    '',
  ].join('\r\n');
}

/** What a person adds so that a folder is on PATH, and where. @param shell the path of their shell, where it is known */
export function pathLine(
  folder: string,
  system: string,
  shell: string,
): { readonly line: string; readonly where: string } {
  if (system === 'win32') {
    const text = folder.replaceAll("'", "''");
    return {
      line: `[Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + ';${text}', 'User')`,
      where: 'in PowerShell',
    };
  }
  if (/fish$/.test(shell)) return { line: `fish_add_path ${quoted(folder)}`, where: 'in fish' };
  const file = /zsh$/.test(shell) ? '~/.zshrc' : /bash$/.test(shell) ? '~/.bashrc' : "your shell's start file";
  return { line: `export PATH=${quoted(folder)}:"$PATH"`, where: `to ${file}` };
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return text === '' ? '' : `'${text.replaceAll("'", `'\\''`)}'`;
}

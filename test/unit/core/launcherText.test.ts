import { expect, test } from 'vitest';
import { batchLauncher, isLauncher, pathLine, shellLauncher } from '../../../src/core/launcherText';

const launched = {
  program: 'C:\\Users\\Jürgen\\AppData\\Local\\Programs\\100% Code\\Code.exe',
  isElectron: true,
  script: 'C:\\Users\\Jürgen\\.vscode\\extensions\\coppice.coppice-0.1.0\\dist\\cli.js',
  otherScripts: 'C:\\Users\\Jürgen\\.vscode\\extensions\\coppice.coppice-*\\dist\\cli.js',
};

test('a batch file has no letter that a code page may lack, and no character that the command processor reads', () => {
  const text = batchLauncher(launched, 'C:\\Users\\Jürgen');
  expect(text).toMatch(/^[\x20-\x7e\r\n]*$/);
  const lines = text.split('\r\n');
  expect(lines).toContain('set "program=%USERPROFILE%\\AppData\\Local\\Programs\\100%% Code\\Code.exe"');
  expect(lines).toContain('set "script=%USERPROFILE%\\.vscode\\extensions\\coppice.coppice-0.1.0\\dist\\cli.js"');
  // Names of folders are compared by their three numbers, which stand after the two words of the name.
  expect(lines).toContain(
    'for /d %%d in ("%USERPROFILE%\\.vscode\\extensions\\coppice.coppice-*") do if exist "%%d\\dist\\cli.js" (',
  );
  expect(lines).toContain('  for /f "tokens=3-5 delims=.-" %%a in ("%%~nxd") do call :compare %%a %%b %%c');
  expect(lines).toContain('set "script=%other%\\dist\\cli.js"');
  expect(lines).toContain('set "ELECTRON_RUN_AS_NODE=1"');
  expect(batchLauncher({ ...launched, isElectron: false }, '')).not.toContain('ELECTRON');
});

test('a launcher is known by its second line, not by its name', () => {
  expect(isLauncher(shellLauncher(launched))).toBe(true);
  expect(isLauncher(batchLauncher(launched, ''))).toBe(true);
  expect(isLauncher('#!/bin/sh\nexec something-else\n')).toBe(false);
  expect(isLauncher('')).toBe(false);
});

test('what to add to PATH is said in the words of the shell', () => {
  const folder = "/home/o'neill/.local/bin";
  expect(pathLine(folder, 'linux', '/bin/zsh')).toEqual({
    line: `export PATH='/home/o'\\''neill/.local/bin':"$PATH"`,
    where: 'to ~/.zshrc',
  });
  expect(pathLine('/b', 'darwin', '/opt/homebrew/bin/fish').line).toBe("fish_add_path '/b'");
  expect(pathLine('C:\\b', 'win32', '').line).toContain("+ ';C:\\b', 'User')");
});

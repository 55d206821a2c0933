import { describe, expect, it } from 'vitest';
import { windowsInvocation } from '../../../../src/adapters/exec/batchFile';
import { windowsEndings } from '../../../../src/adapters/exec/findExecutable';

describe('windowsInvocation', () => {
  it('starts a program as it is', () => {
    const argv = ['"', '%PATH%'];
    expect(windowsInvocation('C:\\git.exe', argv, {})).toEqual({ file: 'C:\\git.exe', argv, isVerbatim: false });
  });

  it('hands a batch file to cmd.exe with every argument in quotes', () => {
    const { file, argv, isVerbatim } = windowsInvocation('C:\\a b\\npm.CMD', ['run', 'x & y', 'C:\\dir\\'], {
      SystemRoot: 'W:',
    });
    expect(file.replaceAll('\\', '/')).toBe('W:/System32/cmd.exe');
    expect(argv).toEqual(['/d', '/v:off', '/s', '/c', '""C:\\a b\\npm.CMD" "run" "x & y" "C:\\dir\\\\""']);
    expect(isVerbatim).toBe(true);
  });

  it.each(['a"b', '%PATH%', 'a\nb', 'a\rb', 'a!b', 'a\0'])('refuses to hand %j to a batch file', (argument) => {
    expect(() => windowsInvocation('C:\\npm.cmd', [argument], {})).toThrow(
      expect.objectContaining({ code: 'invalidInput' }),
    );
  });

  it.each([
    ['C:\\npm.cmd', 8000, 8200],
    ['C:\\git.exe', 32_000, 32_800],
  ])('refuses what %s could not be started with', (file, fits, tooMuch) => {
    expect(windowsInvocation(file, ['x'.repeat(fits)], {}).argv.length).toBeGreaterThan(0);
    const tooLong = expect.objectContaining({ code: 'invalidInput' });
    expect(() => windowsInvocation(file, ['x'.repeat(tooMuch)], {})).toThrow(tooLong);
  });

  it('counts a quote twice, as Node writes it for a program', () => {
    expect(() => windowsInvocation('C:\\git.exe', ['"'.repeat(17_000)], {})).toThrow('so many characters');
  });
});

describe('windowsEndings', () => {
  it('tries the endings of PATHEXT, and a name that has one as it is', () => {
    expect(windowsEndings('git', '.EXE;.CMD')).toEqual(['.EXE', '.CMD']);
    expect(windowsEndings('git.exe', '.EXE;.CMD')).toEqual(['', '.EXE', '.CMD']);
    expect(windowsEndings('git', undefined)).toEqual(['.COM', '.EXE', '.BAT', '.CMD']);
  });
});

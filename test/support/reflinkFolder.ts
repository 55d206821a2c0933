import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ReflinkKind = 'btrfs' | 'xfs';

export interface MountedFolder {
  readonly path: string;
  dispose(): void;
}

/** What has to be there for a file system with reflinks in a file; undefined: all of it. */
export function noReflinks(kind: ReflinkKind): string | undefined {
  return noMount(kind);
}

const packages = { btrfs: 'btrfs-progs', ext4: 'e2fsprogs', xfs: 'xfsprogs' };

/** What has to be there for a file system in a file; undefined: all of it. */
export function noMount(kind: keyof typeof packages): string | undefined {
  if (process.platform !== 'linux') return 'file systems in files are mounted on Linux';
  if (process.getuid?.() !== 0) return 'only root mounts file systems';
  try {
    execFileSync(`mkfs.${kind}`, ['-V'], { stdio: 'ignore' });
  } catch {
    return `there is no mkfs.${kind} (Debian: ${packages[kind]})`;
  }
  try {
    mountedFolder(kind, 320).dispose();
    return undefined;
  } catch {
    return `no ${kind} can be mounted here`;
  }
}

/** A file system of its own in a sparse file, which is gone with it. */
export function mountedFolder(kind: keyof typeof packages, megabytes: number): MountedFolder {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'coppice-reflink-')));
  const [image, path] = [join(folder, 'image'), join(folder, 'mount')];
  try {
    writeFileSync(image, '');
    truncateSync(image, megabytes * 1024 * 1024);
    execFileSync(`mkfs.${kind}`, ['-q', image], { stdio: 'ignore' });
    mkdirSync(path);
    execFileSync('mount', ['-o', 'loop', image, path], { stdio: 'ignore' });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    path,
    dispose() {
      // What a process that is ending still looks at goes with it.
      execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

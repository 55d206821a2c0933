// An image with Node.js and nothing else, made of this machine's own: no registry is asked for anything.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun, run } from './run.mjs';
import { Stop, step } from './say.mjs';

/**
 * Makes the image in the Docker that DOCKER_HOST names, unless it is there.
 * @returns {Promise<string>} its name
 */
export async function ensureTestImage() {
  if (!process.env.DOCKER_HOST)
    throw new Stop("Set DOCKER_HOST to the cluster's own Docker, or COPPICE_TEST_IMAGE to an image with Node.js.");
  const image = `coppice-test/node:${process.versions.node}`;
  if ((await run('docker', ['image', 'inspect', image])).code === 0) return image;
  await step(`Making the image ${image}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'coppice-image-'));
    try {
      await place(process.execPath, join(folder, 'files', 'bin', 'node'));
      for (const library of sharedLibraries()) await place(library, join(folder, 'files', library));
      await mkdir(join(folder, 'files', 'tmp'));
      // The numbers that images of Node.js give its user.
      await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY files /\nENV PATH=/bin\nUSER 1000:1000\n');
      await mustRun('docker', ['build', '--tag', image, folder], { orElse: 'The image for tests cannot be made' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
  return image;
}

/** What the running Node.js has loaded, the program interpreter included; Linux only, as containers are. */
function sharedLibraries() {
  const report = process.report.getReport();
  const loaded = 'sharedObjects' in report && Array.isArray(report.sharedObjects) ? report.sharedObjects : [];
  const libraries = loaded.map(String).filter((path) => path.startsWith('/') && existsSync(path));
  if (process.platform !== 'linux' || libraries.length === 0)
    throw new Stop('An image for tests can only be made on Linux: set COPPICE_TEST_IMAGE to an image with Node.js.');
  return libraries.filter((path) => path !== process.execPath);
}

/**
 * @param {string} from
 * @param {string} to
 */
async function place(from, to) {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

// What a stored folder holds of the machine that it was made on, and of the one that it is unpacked on: `{{place}}` stands for the
// folder, `{{path}}` for the PATH of who created the environments. Secrets of the cluster's state hold both in base64, Helm's
// releases in gzip beneath that.
import { gunzipSync, gzipSync } from 'node:zlib';

/** @typedef {(text: string) => string} Change */

/**
 * @param {string} path relative, with `/`
 * @param {Buffer} content
 * @param {Change} change what is done to each text in it
 * @returns {Buffer}
 */
export function changeFile(path, content, change) {
  if (!isText(content)) return content;
  const text = content.toString();
  return Buffer.from(/(^|\/)state\.json(\.1)?$/.test(path) ? changeState(text, change) : change(text));
}

/** @param {Buffer} content */
export function isText(content) {
  return !content.includes(0) && Buffer.from(content.toString()).equals(content);
}

/** @param {string} text @param {Change} change */
function changeState(text, change) {
  const state = JSON.parse(text);
  for (const object of state.objects) {
    if (object.kind !== 'Secret') continue;
    const isRelease = object.type === 'helm.sh/release.v1';
    for (const [key, value] of Object.entries(object.data ?? {}))
      object.data[key] = isRelease ? changeRelease(value, change) : toBase64(change(fromBase64(value).toString()));
  }
  return change(JSON.stringify(state));
}

/** @param {string} value @param {Change} change */
function changeRelease(value, change) {
  const release = gunzipSync(fromBase64(fromBase64(value).toString())).toString();
  return toBase64(toBase64(gzipSync(change(release), { level: 9 })));
}

/** @param {string} text */
const fromBase64 = (text) => Buffer.from(text, 'base64');

/** @param {string | Buffer} content */
const toBase64 = (content) => Buffer.from(content).toString('base64');

import { expect, it } from 'vitest';
import { dependencyTools } from '../../../../src/core/dependencies/dependencyTools';
import { leftOutOf } from '../../../../src/core/dependencies/leftOutOf';

const toolOf = (name: string) => {
  const tool = dependencyTools.find((each) => each.name === name);
  if (!tool) throw new Error(`${name} is not in the table`);
  return tool;
};

const cargoLock = `version = 4

[[package]]
name = "my-app"
version = "0.1.0"
dependencies = [
 "itoa",
]

[[package]]
name = "itoa"
version = "1.0.15"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "4a5f"
`;

it.each([
  ['debug/deps/libitoa-01c29255e1de0fec.rlib', false, false],
  ['debug/.fingerprint', true, false],
  ['debug/.fingerprint/itoa-01c29255e1de0fec', true, false],
  ['debug/.fingerprint/my-app-f036a776b5e181cc', true, true],
  ['debug/.fingerprint/my-app-macros-f036a776b5e181cc', true, false],
  ['x86_64-unknown-linux-musl/release/.fingerprint/my-app-f036a776b5e181cc', true, true],
  ['debug/my-app', false, true],
  ['debug/my-app.d', false, true],
  ['debug/examples/hello', false, true],
  ['x86_64-unknown-linux-musl/release/my-app', false, true],
  ['debug/build/typenum-9e6eb923df2f6f0d/root-output', false, false],
  ['debug/incremental', true, true],
  ['debug/.cargo-lock', false, true],
  ['CACHEDIR.TAG', false, false],
  ['.rustc_info.json', false, false],
])('of what Cargo has built, %s (a folder: %j) stays behind: %j', (path, isFolder, stays) => {
  expect(leftOutOf(toolOf('cargo'), cargoLock)(path, isFolder)).toBe(stays);
});

it.each([
  ['.cache', true, true],
  ['.vite', true, true],
  ['.bin', true, false],
  ['.package-lock.json', false, false],
  ['vite/dist/index.js', false, false],
  ['a/b', false, false],
])('of node_modules, %s (a folder: %j) stays behind: %j', (path, isFolder, stays) => {
  expect(leftOutOf(toolOf('npm'), '{}')(path, isFolder)).toBe(stays);
});

it("leaves pnpm's state of a whole workspace behind, which names it by its place", () => {
  expect(leftOutOf(toolOf('pnpm'), '')('.pnpm-workspace-state-v1.json', false)).toBe(true);
});

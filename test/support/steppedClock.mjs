// Loaded before a program (`node --import`): its clock, and no other, is set forwards and back by what a file says, in milliseconds.
import { readFileSync } from 'node:fs';

const Machine = Date;
const machineNow = Machine.now.bind(Machine);
const file = process.env.COPPICE_TEST_CLOCK ?? new URL(import.meta.url).searchParams.get('file') ?? '';
let by = 0;

function read() {
  try {
    by = Number(readFileSync(file, 'utf8') || by);
  } catch {
    // Nobody has set it yet, or it is being written.
  }
}

read();
setInterval(read, 10).unref();
Machine.now = () => machineNow() + by;
globalThis.Date = new Proxy(Machine, {
  apply: () => new Machine(Machine.now()).toString(),
  construct: (target, given, made) =>
    Reflect.construct(target, given.length === 0 ? [Machine.now()] : given, made === globalThis.Date ? target : made),
});

/** The first bytes of a library of Linux. @param machine `e_machine` of its ELF header */
export function elfHead(machine: number): Buffer {
  const head = Buffer.alloc(4096);
  head.write('7f454c46020101', 'hex');
  head.writeUInt16LE(3, 16);
  head.writeUInt16LE(machine, 18);
  head.writeUInt32LE(1, 20);
  // Where its program headers begin; their size and number; the size of section headers.
  head.writeUInt32LE(64, 32);
  [64, 56, 1, 64].forEach((value, index) => head.writeUInt16LE(value, 52 + 2 * index));
  return head;
}

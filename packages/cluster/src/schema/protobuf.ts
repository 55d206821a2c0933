/** A field that holds a message, made of the fields of that message. */
export function message(field: number, ...fields: readonly Buffer[]): Buffer {
  return delimited(field, Buffer.concat(fields));
}

export function text(field: number, value: string): Buffer {
  return delimited(field, Buffer.from(value, 'utf8'));
}

export function flag(field: number, value: boolean): Buffer {
  return Buffer.concat([varint(field << 3), varint(value ? 1 : 0)]);
}

/** Wire type 2: a key, a length, the bytes. */
function delimited(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

import protobuf from 'protobufjs/light';
import { messages } from './kubernetes.json';

let root: protobuf.Root | undefined;

/** The codec of one of Kubernetes' messages, by its full name. Made for all of them when the first is asked for. */
export function protobufType(name: string): protobuf.Type {
  root ??= makeRoot();
  return root.lookupType(name);
}

function makeRoot(): protobuf.Root {
  const made = new protobuf.Root();
  for (const [name, message] of Object.entries(messages)) {
    const end = name.lastIndexOf('.');
    const type = new protobuf.Type(name.slice(end + 1));
    for (const [field, { id, type: fieldType, rule, keyType }] of Object.entries(message.fields)) {
      type.add(
        keyType === undefined
          ? new protobuf.Field(field, id, fieldType, rule)
          : new protobuf.MapField(field, id, keyType, fieldType),
      );
    }
    made.define(name.slice(0, end)).add(type);
  }
  return made;
}

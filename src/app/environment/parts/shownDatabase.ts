import type { ShownPart } from './part';

export const shownDatabase: Required<ShownPart>['status'] = ({ annotations: { database } }) =>
  database === undefined ? undefined : { title: 'Database', name: database };

import schema from '../../../media/schemas/coppice.schema.json';

/** What coppice.yaml may say, for other programs. */
export const environmentFileSchema: object = schema;

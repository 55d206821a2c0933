/** Secret in an environment's namespace with what the dotenv files of its services say, as `<service>.<NAME>`. */
export const envFilesSecret = 'coppice-env-files';

import { BaseImage, type ProcessContext } from '@ngrok/webernetes';

/**
 * Stands in for webernetes' namespace controller, which knows six kinds only and removes pods without their grace period;
 * namespaceTermination does its work.
 */
export class IdleNamespaceController extends BaseImage {
  static readonly imageName = 'webernetes/namespace-controller';
  static readonly imageVersion = '1.0';
  readonly defaultCommand = ['namespace-controller'];

  override async exec(context: ProcessContext): Promise<number> {
    return await context.waitUntilKilled();
  }
}

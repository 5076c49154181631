import { type Settings } from '../../config/index.js';
import { bearerGuard } from '../../kernel/index.js';
import { refused } from './gateway.error.js';

/** Throws unless the request may use the gateway: with `API_TOKEN` by whoever bears it, in production never without. */
export function gatewayGuard(
  settings: Pick<Settings, 'API_TOKEN' | 'production'>,
): (authorization: string | undefined) => void {
  const { API_TOKEN: token, production } = settings;
  if (token === undefined) {
    return () => {
      if (production) {
        throw refused('closed');
      }
    };
  }
  const mayUse = bearerGuard(token);
  return (authorization) => {
    if (!mayUse(authorization)) {
      throw refused('invalid_api_key');
    }
  };
}

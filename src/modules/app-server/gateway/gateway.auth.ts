import { bearerGuard } from '../../kernel/index.js';
import { refused } from './gateway.error.js';
import type { GatewayOptions } from './gateway.options.js';

/** Throws unless the request may use the gateway: with `API_TOKEN` by whoever bears it, in production never without. */
export function gatewayGuard({
  apiToken: token,
  production,
}: Pick<GatewayOptions, 'apiToken' | 'production'>): (authorization: string | undefined) => void {
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

import { SERVER_MS_LUA } from '@probity/worker/wire';

/** The time of Redis, for those who may not ask TIME. KEYS: one under the prefix of the queue. Answers a string of ms. */
export const SERVER_CLOCK_SCRIPT = `${SERVER_MS_LUA}
return string.format('%.0f', serverMs(KEYS[1]))
`;

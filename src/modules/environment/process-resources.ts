import type { ConnectionUse } from '../resources/index.js';

/** Inject with `@Inject(STANDARD_STREAMS) streams: StandardStreams`. */
export const STANDARD_STREAMS = Symbol('STANDARD_STREAMS');
/** Inject with `@Inject(DESCRIPTORS) descriptors: Descriptors`. */
export const DESCRIPTORS = Symbol('DESCRIPTORS');
/** Inject with `@Inject(CONNECTIONS) connections: CountConnections`. */
export const CONNECTIONS = Symbol('CONNECTIONS');

/** Null as long as nothing listens. */
export type CountConnections = () => ConnectionUse | null;

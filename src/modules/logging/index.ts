export { LogSink, type Gap, type LogState } from './log-sink.js';
export { takeOverStandardStreams, type StandardStreams } from './standard-streams.js';

// The door for whoever only looks: nothing behind it knows of Nest, and nothing writes.
export { addedAt, lastFailedJob } from './read/job-words.js';
export { isWatched } from './read/presence-of-lives.js';
export { QueueReader } from './read/queue-reader.js';
export { RoundReader, type Round } from './read/round.js';

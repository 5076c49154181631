export { alone } from './alone.js';
export { installCodex, installedCodex } from './codex.js';
export { CONTAINMENT, spawnGuarded, type ChildSpec, type Exit, type GuardedChild } from './guarded-child.js';
export {
  privatePostgres,
  startPostgres,
  type PostgresInstance,
  type PostgresOptions,
  type PrivatePostgres,
} from './postgres-instance.js';
export { bringHome, elsewhereOf } from './postgres-place.js';
export { findPostgres } from './postgres-program.js';
export {
  appendPrivate,
  closeToOthers,
  openPrivate,
  passableFolder,
  privateFolder,
  writePrivate,
} from './private-files.js';
export { noOtherRelease, provideRelease, type OtherRelease } from './other-release.js';
export type { PrivateServer, ServerInstance } from './private-server.js';
export { freePort, freePorts, isFree } from './ports.js';
export { findProgram, lastLines, run, type Say } from './programs.js';
export { privateRedis, startRedis, type RedisInstance, type RedisOptions } from './redis-instance.js';
export { findRedis, provideRedis } from './redis-program.js';
export { ROOT } from './root.js';
export { installPackage } from './system-packages.js';
export { unpackPackage, unpackedPrograms } from './unpacked-package.js';

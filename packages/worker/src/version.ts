/** Of the form of a heartbeat: higher when a field is added that a watcher may want to know of. 1.0 said none. */
export const WIRE_VERSION = 2;

/** Of this package. A test holds it to package.json, which is not at hand once this is bundled. */
export const VERSION = '1.1.0';

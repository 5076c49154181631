/**
 * Inject with `@Optional() @Inject(WATCHING) watching?: Watching`. Nobody provides it but a test, which has no quarter
 * of an hour.
 */
export const WATCHING = Symbol('WATCHING');

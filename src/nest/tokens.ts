/** The options as they were given. */
export const PROBITY_OPTIONS = Symbol('PROBITY_OPTIONS');
/** What they come to. */
export const PROBITY_PLAN = Symbol('PROBITY_PLAN');

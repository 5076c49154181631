/** Ms by a clock that never jumps. */
export const monotonic = (): number => performance.now();

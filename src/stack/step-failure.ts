/** Why the stack cannot start, and what to do about it. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  constructor(
    readonly reason: string,
    readonly fix: string,
  ) {
    super(reason);
  }
}

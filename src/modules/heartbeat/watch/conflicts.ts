/** Processes that use another queue than this one, in words: asked of whoever compares their identities. */
export abstract class Conflicts {
  abstract of(queue: string): readonly string[];
}

export class NoConflicts extends Conflicts {
  override of(): readonly string[] {
    return [];
  }
}

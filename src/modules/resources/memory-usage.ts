/**
 * What Node says of this process's memory. It reads a file of the system for that, which throws when no descriptor
 * is left: then it is what was known last.
 */
export class MemoryUsage {
  private latest: Readonly<Record<string, number>> = {};

  read(): Readonly<Record<string, number>> {
    try {
      this.latest = { ...process.memoryUsage() };
    } catch {
      // It is for people to look at, and decides nothing.
    }
    return this.latest;
  }
}

import { appendFileSync, renameSync, statSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;

/** A log that keeps at most twice 10 MB: a full file becomes `<file>.1`. */
export class LogFile {
  private size: number;

  constructor(readonly file: string) {
    this.size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(line: string): void {
    if (this.size > MAX_BYTES) {
      renameSync(this.file, `${this.file}.1`);
      this.size = 0;
    }
    appendFileSync(this.file, `${line}\n`);
    this.size += Buffer.byteLength(line) + 1;
  }
}

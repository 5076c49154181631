import { renameSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { appendPrivate, closeToOthers } from '#devkit';
import { Writing } from './writing.js';

const MAX_BYTES = 10 * 1024 * 1024;

/**
 * A log that keeps at most twice 10 MB: a full file becomes `<file>.1`. A line that cannot be written is lost, and
 * counted; who watches the stack is told.
 */
export class LogFile {
  private size: number | undefined;
  private lost = 0;
  private readonly writing: Writing;

  constructor(
    readonly file: string,
    tell: (text: string) => void,
  ) {
    this.writing = new Writing(`the log ${basename(file)}`, tell);
  }

  write(line: string): void {
    const gap =
      this.lost === 0 ? '' : `\n-- ${this.lost} lines are missing here: they could not be written\n`;
    const done = this.writing.attempt(() => this.append(`${gap}${line}\n`));
    this.lost = done ? 0 : this.lost + 1;
  }

  private append(text: string): void {
    if (this.size === undefined) {
      closeToOthers(this.file);
      this.size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    }
    if (this.size > MAX_BYTES) {
      renameSync(this.file, `${this.file}.1`);
      this.size = 0;
    }
    appendPrivate(this.file, text);
    this.size += Buffer.byteLength(text);
  }
}

/**
 * What outlives its test when that is killed with -9 carries the pid of its maker in its name, and the next one that
 * makes such a thing removes it.
 */
export function nameOf(pid: number, index: number): string {
  return `probity-${pid}-${index}`;
}

/** Whether this is the name of something whose maker is gone. */
export function isLeftOver(name: string): boolean {
  const pid = Number(/^probity-(\d+)-\d+$/.exec(name)?.[1]);
  return Number.isInteger(pid) && !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

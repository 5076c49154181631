/** What could not be seen, by the command that was refused. */
export interface NotSeen {
  readonly command: string;
  readonly so: string;
}

const MEANS: Readonly<Record<string, string>> = {
  INFO: 'memory, eviction, persistence, replicas and the last save are not known',
  'CONFIG GET':
    'whether snapshots are made, and how often the append-only file reaches the disk, is not known',
  'CLIENT LIST': 'who is connected is not known: workers show only by the jobs that move',
  SCAN: 'queues without a connected worker were not found: name them by --queue',
  TIME: 'ages are by the clock of this machine',
  'PUBSUB NUMSUB': 'of workers that send heartbeats only their age tells whether they live',
  XREVRANGE: 'how jobs ended that are not kept is not known',
};

export function notSeen(withheld: readonly string[]): readonly NotSeen[] {
  return withheld.map((command) => ({
    command,
    so: MEANS[command] ?? 'what it tells of the queues is not known',
  }));
}

/** What INFO says, as far as it is asked about. Null where this server does not say it. */
export interface RedisInfo {
  readonly version: string | null;
  readonly runId: string | null;
  readonly role: string | null;
  readonly loading: boolean;
  readonly loadingEtaSeconds: number | null;
  readonly aofEnabled: boolean | null;
  readonly aofLastWriteOk: boolean | null;
  readonly aofLastRewriteOk: boolean | null;
  readonly lastSaveOk: boolean | null;
  readonly changesSinceSave: number | null;
  /** Epoch seconds. */
  readonly lastSaveAt: number | null;
  /** Epoch seconds, by the server's own clock. */
  readonly serverTime: number | null;
  readonly usedMemory: number | null;
  /** Bytes; 0 means no limit. */
  readonly maxMemory: number | null;
  /** Of `usedMemory`, what does not count towards `maxMemory`. */
  readonly notCountedMemory: number;
  readonly systemMemory: number | null;
  readonly evictionPolicy: string | null;
  readonly evictedKeys: number | null;
  readonly replicas: readonly ReplicaInfo[];
  readonly connectedReplicas: number | null;
}

export interface ReplicaInfo {
  readonly address: string;
  readonly state: string;
  readonly lagSeconds: number | null;
}

export function parseInfo(text: string): RedisInfo {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const word = (name: string) => fields.get(name) ?? null;
  const number = (name: string) => numberOf(fields.get(name));
  const ok = (name: string) => (fields.has(name) ? fields.get(name) === 'ok' : null);
  const microseconds = number('server_time_usec');
  return {
    version: word('valkey_version') ?? word('redis_version'),
    runId: word('run_id'),
    role: word('role'),
    loading: fields.get('loading') === '1',
    loadingEtaSeconds: number('loading_eta_seconds'),
    aofEnabled: fields.has('aof_enabled') ? fields.get('aof_enabled') === '1' : null,
    aofLastWriteOk: ok('aof_last_write_status'),
    aofLastRewriteOk: ok('aof_last_bgrewrite_status'),
    lastSaveOk: ok('rdb_last_bgsave_status'),
    changesSinceSave: number('rdb_changes_since_last_save'),
    lastSaveAt: number('rdb_last_save_time'),
    serverTime: microseconds === null ? null : Math.floor(microseconds / 1e6),
    usedMemory: number('used_memory'),
    maxMemory: number('maxmemory'),
    notCountedMemory: number('mem_not_counted_for_evict') ?? 0,
    systemMemory: number('total_system_memory'),
    evictionPolicy: word('maxmemory_policy'),
    evictedKeys: number('evicted_keys'),
    replicas: [...fields].filter(([name]) => /^slave\d+$/.test(name)).map(([, value]) => replica(value)),
    connectedReplicas: number('connected_slaves'),
  };
}

function replica(value: string): ReplicaInfo {
  const parts = new Map(value.split(',').map((part) => part.split('=', 2) as [string, string]));
  return {
    address: `${parts.get('ip') ?? '?'}:${parts.get('port') ?? '?'}`,
    state: parts.get('state') ?? 'unknown',
    lagSeconds: numberOf(parts.get('lag')),
  };
}

function numberOf(value: string | undefined): number | null {
  const parsed = Number(value);
  return value === undefined || value === '' || !Number.isFinite(parsed) ? null : parsed;
}

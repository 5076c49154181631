-- Every change of a check, by whoever saw it: the history that outlives the processes.
CREATE TABLE incidents (
  id uuid PRIMARY KEY,
  check_key text NOT NULL,
  from_status text NOT NULL,
  to_status text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  at timestamptz NOT NULL,
  lasted_ms bigint NOT NULL,
  service text NOT NULL,
  instance_id text NOT NULL
);

CREATE INDEX incidents_at ON incidents (at DESC);

-- One row for each process that watches the database, rewritten to prove that a write is taken and kept.
CREATE TABLE database_canaries (
  instance_id text PRIMARY KEY,
  service text NOT NULL,
  written_at timestamptz NOT NULL
);

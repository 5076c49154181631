CREATE TABLE workflows (
  id uuid PRIMARY KEY,
  -- Order of creation, for paging; ids say nothing of it and times may be equal.
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  name text NOT NULL,
  steps json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE executions (
  id uuid PRIMARY KEY,
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  workflow_id uuid NOT NULL REFERENCES workflows (id),
  queue text NOT NULL,
  -- False between the insert and the moment at which the queue held the job. Only accepted ones exist for anybody.
  accepted boolean NOT NULL DEFAULT false,
  status text NOT NULL DEFAULT 'queued'
    CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  -- The queue's job is named <id>-<attempt>; a job of an earlier attempt is dropped.
  attempt integer NOT NULL DEFAULT 1,
  -- Raised by whoever takes the execution over; a write that carries an older one changes nothing.
  fence bigint NOT NULL DEFAULT 0,
  -- How often a worker has begun it.
  starts integer NOT NULL DEFAULT 0,
  worker_id text,
  -- json, not jsonb: what clients and servers send is kept as it was sent.
  input json NOT NULL,
  result json,
  error json,
  idempotency_key text,
  request_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  enqueued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz
);

CREATE UNIQUE INDEX executions_idempotency_key ON executions (idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX executions_unfinished ON executions (position) WHERE status IN ('queued', 'running');
CREATE INDEX executions_by_workflow ON executions (workflow_id, position);
CREATE INDEX executions_by_status ON executions (status, position);
CREATE INDEX executions_finished ON executions (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE execution_steps (
  execution_id uuid NOT NULL REFERENCES executions (id) ON DELETE CASCADE,
  index integer NOT NULL,
  status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  output json,
  error json,
  -- Every try that failed: code, message, at.
  failures jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (execution_id, index)
);

-- One row: which process looked for lost executions last, and how far it came.
CREATE TABLE execution_sweep (
  id boolean PRIMARY KEY DEFAULT true CHECK (id),
  swept_at timestamptz NOT NULL DEFAULT '-infinity',
  position bigint NOT NULL DEFAULT 0
);
INSERT INTO execution_sweep DEFAULT VALUES;

-- Executions whose client was told that nothing was accepted, while the acceptance was perhaps being committed. The
-- row itself is locked by whoever commits it, and a worker could begin it before the one that waits to delete it.
CREATE TABLE execution_withdrawals (
  execution_id uuid PRIMARY KEY REFERENCES executions (id) ON DELETE CASCADE
);

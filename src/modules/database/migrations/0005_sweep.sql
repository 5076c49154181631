-- How the search for lost executions gets on, for those who watch it, and what it found of jobs that somebody else took.
ALTER TABLE execution_sweep
  ADD COLUMN advanced_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN round_ended_at timestamptz NOT NULL DEFAULT now(),
  -- False when something of the present round could not be looked at.
  ADD COLUMN round_whole boolean NOT NULL DEFAULT true,
  -- Jobs that were completed while nobody had begun their executions.
  ADD COLUMN stolen bigint NOT NULL DEFAULT 0,
  ADD COLUMN stolen_at timestamptz,
  ADD COLUMN stolen_job text;

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../../database/index.js';
import { storableJson } from '../../kernel/index.js';
import type { Step, WorkflowDefinition } from '../definition/workflow.js';
import { LOCK_WITHIN_MS, toPage, type Page, type PageRequest, type Workflow } from './execution.js';

interface WorkflowRow {
  id: string;
  name: string;
  steps: Step[];
  created_at: Date;
  position: string;
}

export const INSERT_WORKFLOW = 'INSERT INTO workflows (id, name, steps) VALUES ($1, $2, $3) RETURNING *';

export type ListedWorkflow = Omit<Workflow, 'steps'> & {
  readonly steps: number;
  /** Its definition cannot be read: its executions fail. */
  readonly damaged?: true;
};

/** Workflows in Postgres. They never change: an execution means what it meant when it was accepted. */
@Injectable()
export class WorkflowRepository {
  constructor(private readonly database: Database) {}

  async create({ name, steps }: WorkflowDefinition): Promise<Workflow> {
    const { rows } = await this.database.promptly<WorkflowRow>(LOCK_WITHIN_MS, INSERT_WORKFLOW, [
      randomUUID(),
      name,
      storableJson(JSON.stringify(steps)),
    ]);
    return toWorkflow(rows[0] as WorkflowRow);
  }

  async find(id: string): Promise<Workflow | null> {
    const { rows } = await this.database.promptly<WorkflowRow>(
      LOCK_WITHIN_MS,
      `SELECT * FROM workflows WHERE id = $1`,
      [id],
    );
    return rows[0] === undefined ? null : toWorkflow(rows[0]);
  }

  /** A row whose steps are no list is told as such, and spoils no other. */
  async list({ limit, before }: PageRequest): Promise<Page<ListedWorkflow>> {
    const { rows } = await this.database.promptly<Omit<WorkflowRow, 'steps'> & { steps: number | null }>(
      LOCK_WITHIN_MS,
      `SELECT id, name, created_at, position,
         CASE json_typeof(steps) WHEN 'array' THEN json_array_length(steps) END AS steps
       FROM workflows
       WHERE $2::bigint IS NULL OR position < $2
       ORDER BY position DESC LIMIT $1 + 1`,
      [String(limit), before],
    );
    return toPage(rows, limit, ({ id, name, steps, created_at }) => ({
      id,
      name,
      steps: steps ?? 0,
      ...(steps === null ? { damaged: true as const } : {}),
      createdAt: created_at,
    }));
  }
}

function toWorkflow({ id, name, steps, created_at }: WorkflowRow): Workflow {
  return { id, name, steps, createdAt: created_at };
}

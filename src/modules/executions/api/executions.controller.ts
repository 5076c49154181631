import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Post,
  Query,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { refusal, type RouteWork } from '../../http/index.js';
import { ExecutionRepository } from '../store/execution.repository.js';
import { Submissions } from '../submit/submission.service.js';
import { isId, readExecutionsQuery, readIdempotencyKey, readInput } from './requests.js';
import { stamped } from './stamped.js';
import { unavailableNow, UnavailableInterceptor } from './unavailable.interceptor.js';

/** Executions: accepted, read, listed, cancelled. */
@Controller('api')
@UseInterceptors(UnavailableInterceptor)
export class ExecutionsController {
  constructor(
    private readonly executions: ExecutionRepository,
    private readonly submissions: Submissions,
  ) {}

  @Post('workflows/:id/executions')
  @HttpCode(202)
  async submit(
    @Param('id') workflowId: string,
    @Body() body: unknown,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const input = readInput(body);
    const idempotencyKey = readIdempotencyKey(key);
    if (!isId(workflowId)) throw refusal('workflow.not_found');
    const submitted = await this.submissions.submit({ workflowId, input, idempotencyKey });
    switch (submitted.kind) {
      case 'accepted': {
        const { id, status } = submitted;
        reply.header('location', `/api/executions/${id}`);
        return stamped({ id, status });
      }
      case 'no-workflow':
        throw refusal('workflow.not_found');
      case 'key-reused':
        throw refusal('idempotency.key_reused', {
          errors: [{ path: 'Idempotency-Key', message: 'was used with another workflow or input' }],
        });
      case 'key-in-progress':
        throw refusal('idempotency.in_progress');
      case 'refused':
        throw unavailableNow(submitted.code, 'Nothing was accepted; try again.');
    }
  }

  @Get('executions')
  async list(@Query() query: unknown) {
    const { limit, cursor, status = null, workflowId = null } = readExecutionsQuery(query);
    return stamped(await this.executions.list({ status, workflowId }, { limit, before: cursor }));
  }

  @Get('executions/:id')
  @RouteConfig({ work: 'document' } satisfies RouteWork)
  async find(@Param('id') id: string) {
    const execution = isId(id) ? await this.executions.find(id) : null;
    if (execution === null) throw refusal('execution.not_found');
    return stamped(execution);
  }

  @Post('executions/:id/cancel')
  @HttpCode(202)
  async cancel(@Param('id') id: string) {
    const outcome = isId(id) ? await this.executions.cancel(id) : null;
    if (outcome === null) throw refusal('execution.not_found');
    if (!outcome.cancelled) {
      throw refusal('execution.ended', {
        detail: `The execution has ended (${outcome.status}); there is nothing to cancel.`,
      });
    }
    return stamped({ id, status: outcome.status });
  }
}

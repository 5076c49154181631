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
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ExecutionRepository } from '../store/execution.repository.js';
import { Submissions } from '../submit/submission.service.js';
import { ApiTokenGuard } from './api-token.guard.js';
import { notFound, ProblemException } from './problem.exception.js';
import { isId, readExecutionsQuery, readIdempotencyKey, readInput } from './requests.js';
import { stamped } from './stamped.js';
import { unavailable, UnavailableInterceptor } from './unavailable.interceptor.js';

/** Executions: accepted, read, listed, cancelled. */
@Controller('api')
@UseGuards(ApiTokenGuard)
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
    if (!isId(workflowId)) throw notFound('workflow');
    const submitted = await this.submissions.submit({ workflowId, input, idempotencyKey });
    switch (submitted.kind) {
      case 'accepted': {
        const { id, status } = submitted;
        reply.header('location', `/api/executions/${id}`);
        return stamped({ id, status });
      }
      case 'no-workflow':
        throw notFound('workflow');
      case 'key-reused':
        throw keyReused();
      case 'key-in-progress':
        throw keyInProgress(reply);
      case 'refused':
        throw unavailable(reply, submitted.code, 'Nothing was accepted; try again.');
    }
  }

  @Get('executions')
  async list(@Query() query: unknown) {
    const { limit, cursor, status = null, workflowId = null } = readExecutionsQuery(query);
    return stamped(await this.executions.list({ status, workflowId }, { limit, before: cursor }));
  }

  @Get('executions/:id')
  async find(@Param('id') id: string) {
    const execution = isId(id) ? await this.executions.find(id) : null;
    if (execution === null) throw notFound('execution');
    return stamped(execution);
  }

  @Post('executions/:id/cancel')
  @HttpCode(202)
  async cancel(@Param('id') id: string) {
    const outcome = isId(id) ? await this.executions.cancel(id) : null;
    if (outcome === null) throw notFound('execution');
    if (!outcome.cancelled) {
      throw new ProblemException({
        title: 'The execution has ended',
        status: 409,
        detail: `The execution has ended (${outcome.status}); there is nothing to cancel.`,
        code: 'execution.ended',
      });
    }
    return stamped({ id, status: outcome.status });
  }
}

function keyReused(): ProblemException {
  return new ProblemException({
    title: 'The idempotency key belongs to another request',
    status: 422,
    detail: 'This Idempotency-Key was used with another workflow or input; use a new key for a new request.',
    code: 'idempotency.key_reused',
    errors: [{ path: 'Idempotency-Key', message: 'was used with another workflow or input' }],
  });
}

function keyInProgress(reply: FastifyReply): ProblemException {
  reply.header('retry-after', '1');
  return new ProblemException({
    title: 'A request with this idempotency key is under way',
    status: 409,
    detail: 'Another request with this Idempotency-Key has not been answered yet; try again in a second.',
    code: 'idempotency.in_progress',
  });
}

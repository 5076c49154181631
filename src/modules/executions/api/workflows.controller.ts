import { Body, Controller, Get, HttpCode, Param, Post, Query, UseInterceptors } from '@nestjs/common';
import { refusal } from '../../http/index.js';
import { ExpressionChecker } from '../definition/expression-checker.service.js';
import { parseWorkflow } from '../definition/parse-workflow.js';
import { WorkflowRepository } from '../store/workflow.repository.js';
import { badRequest, isId, readPageQuery } from './requests.js';
import { stamped } from './stamped.js';
import { UnavailableInterceptor } from './unavailable.interceptor.js';

/** Workflows: created once, never changed. */
@Controller('api/workflows')
@UseInterceptors(UnavailableInterceptor)
export class WorkflowsController {
  constructor(
    private readonly workflows: WorkflowRepository,
    private readonly expressions: ExpressionChecker,
  ) {}

  @Post()
  @HttpCode(201)
  async create(@Body() body: unknown) {
    const parsed = parseWorkflow(body);
    if (!parsed.ok) throw badRequest(parsed.errors, 'workflow.invalid');
    const errors = await this.expressions.errorsOf(parsed.value);
    if (errors.length > 0) throw badRequest(errors, 'workflow.invalid');
    const { id, name, createdAt } = await this.workflows.create(parsed.value);
    return stamped({ id, name, createdAt });
  }

  @Get()
  async list(@Query() query: unknown) {
    const { limit, cursor } = readPageQuery(query);
    return stamped(await this.workflows.list({ limit, before: cursor }));
  }

  @Get(':id')
  async find(@Param('id') id: string) {
    const workflow = isId(id) ? await this.workflows.find(id) : null;
    if (workflow === null) throw refusal('workflow.not_found');
    return stamped(workflow);
  }
}

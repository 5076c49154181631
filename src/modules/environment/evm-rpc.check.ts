import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Agent, request } from 'undici';
import { answer, BoardCheck, ownDeadline, type Check, type CheckContext } from '../health/index.js';
import { codedCause, codeOf, monotonic } from '../kernel/index.js';
import { ENVIRONMENT_OPTIONS, type EnvironmentOptions } from './environment.options.js';
import { assessEvm, type ChainState, type EvmOutcome } from './evm-rpc.assess.js';
import './evm-rpc.codes.js';

const QUESTION = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] });
const LARGEST_ANSWER = 64 * 1024;

/** Does the declared EVM RPC endpoint answer, and does its chain advance? One `eth_blockNumber` a run. */
@Injectable()
@BoardCheck()
export class EvmRpcCheck implements Check, OnApplicationShutdown {
  readonly key = 'evm-rpc';
  readonly cadenceMs = 10_000;
  readonly deadlineMs = 3000;
  readonly freshFloorMs = 2000;
  readonly counts = 'declared';
  readonly timeoutCode = 'evm_rpc.timeout';

  // One connection for each question: a kept one would hide what has changed since it was made.
  private readonly agent = new Agent({ pipelining: 0, maxResponseSize: LARGEST_ANSWER });
  private chain: ChainState | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(ENVIRONMENT_OPTIONS) private readonly options: EnvironmentOptions,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    const { evmRpcUrl: url } = this.options;
    if (url === undefined) {
      return answer(indicator, 'evm_rpc.not_configured', {
        message: 'evm-rpc is declared, but EVM_RPC_URL is missing or invalid; set it',
      });
    }
    const outcome = await this.ask(url, signal);
    const { code, message, chain } = assessEvm(outcome, this.chain, monotonic());
    this.chain = chain;
    return answer(indicator, code, {
      message,
      details: { block: chain === null ? null : String(chain.height) },
    });
  }

  private async ask(url: string, signal: AbortSignal): Promise<EvmOutcome> {
    try {
      const reply = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...credentialsOf(url) },
        body: QUESTION,
        signal,
      });
      const text = await reply.body.text();
      return { kind: 'replied', status: reply.statusCode, body: parse(text) };
    } catch (error) {
      if (signal.aborted) return { kind: 'silent' };
      const errorCode = codeOf(codedCause(error));
      // Far more than a block number, or no HTTP at all: something answers, and it is not what we asked for.
      if (errorCode === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || errorCode?.startsWith('HPE_') === true)
        return { kind: 'replied', status: 200, body: undefined };
      return { kind: 'unreachable', errorCode };
    }
  }
}

/** HTTP clients leave the credentials of a URL out of the request. */
function credentialsOf(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

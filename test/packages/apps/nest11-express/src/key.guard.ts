import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';

export const Open = () => SetMetadata('open', true);

/** Whatever is not open needs the key. */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.get<boolean>('open', context.getClass()) === true) return true;
    return context.switchToHttp().getRequest<Request>().headers['x-key'] === 'secret';
  }
}

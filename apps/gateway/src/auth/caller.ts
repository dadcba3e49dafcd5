import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

export type Scope = 'read' | 'write' | 'admin';

/** Who sent a request, as its key tells. */
export interface Caller {
  keyId: string;
  accountId: string;
  scopes: readonly Scope[];
}

export type AuthenticatedRequest = Request & { caller?: Caller };

/** The caller's account: every query is bound to it. */
export const AccountId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { caller } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!caller) throw new Error('this route is not behind authenticate()');
  return caller.accountId;
});

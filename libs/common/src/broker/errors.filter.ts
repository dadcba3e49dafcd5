import { type ArgumentsHost, BadRequestException, Catch, type ExceptionFilter } from '@nestjs/common';
import { PermanentError } from '../domain/errors.js';

/**
 * Rethrows what a message handler threw. Without it Nest replaces every error by `{ status, message }` and the broker
 * could not tell a PermanentError from a hiccup. Of several catch-all filters Nest runs only one, in HTTP and messages
 * alike, so this one is the app's only global filter and passes HTTP errors on to `http`.
 */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  constructor(private readonly http: ExceptionFilter) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType() !== 'rpc') return this.http.catch(error, host);
    // A validation pipe refused the payload: trying again cannot help.
    if (error instanceof BadRequestException) throw new PermanentError(error.message, { cause: error });
    throw error;
  }
}

import { type ArgumentsHost, BadRequestException } from '@nestjs/common';
import { describe, expect, it } from 'vitest';
import { PermanentError } from '../domain/errors.js';
import { ErrorsFilter } from './errors.filter.js';

const filter = new ErrorsFilter({ catch: (error: unknown) => ({ answered: error }) });
const on = (type: string): ArgumentsHost => ({ getType: () => type }) as ArgumentsHost;

describe('ErrorsFilter', () => {
  it('rethrows the very error of a message handler', () => {
    const error = new PermanentError('no');
    expect(() => filter.catch(error, on('rpc'))).toThrow(error);
  });

  it('makes the refusal of a validation pipe permanent', () => {
    expect(() => filter.catch(new BadRequestException('bad'), on('rpc'))).toThrow(PermanentError);
  });

  it('leaves HTTP errors to the filter for HTTP', () => {
    const error = new BadRequestException('bad');
    expect(filter.catch(error, on('http'))).toEqual({ answered: error });
  });
});

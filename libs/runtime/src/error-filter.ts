import { Metadata } from '@grpc/grpc-js';
import { type ArgumentsHost, Catch } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { type Observable, throwError } from 'rxjs';
import { streamError } from './stream-error.ts';

/** Every error of every gRPC handler becomes a status here; the probes over HTTP keep Nest's own answers. */
@Catch()
export class ErrorFilter extends BaseExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() === 'http') {
      super.catch(error, host);
      return undefined;
    }
    const args = host.getArgs<unknown[]>();
    // @GrpcMethod handlers get (request, metadata, call), @GrpcStreamCall handlers (call).
    const metadata = args[1] instanceof Metadata ? args[1] : (args[0] as { metadata: Metadata }).metadata;
    return throwError(() => streamError(error, { metadata }));
  }
}

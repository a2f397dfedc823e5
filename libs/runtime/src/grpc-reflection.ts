import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors } from '@kindred/contracts';
import { healthDescriptor } from './health-descriptor.ts';

/** Server reflection (v1 and v1alpha) for the served services, so that grpcurl works without .proto files. */
export function addReflection(server: Server, services: string[]): void {
  const files = [...fileDescriptors, healthDescriptor].map((file) => Buffer.from(file, 'base64'));
  const definition = { kindred: { fileDescriptorProtos: files } } as never;
  new ReflectionService(definition, { services: [...services, 'grpc.health.v1.Health'] }).addToServer(server as never);
}

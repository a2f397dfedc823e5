import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors } from '@kindred/contracts';
import { service as healthService } from 'grpc-health-check';

/** Server reflection (v1 and v1alpha) for the served services, so that grpcurl works without .proto files. */
export function addReflection(server: Server, services: string[]): void {
  const ours = { fileDescriptorProtos: fileDescriptors.map((file) => Buffer.from(file, 'base64')) };
  const health = healthService.Check?.requestType;
  const definitions = { ours, health } as never;
  new ReflectionService(definitions, { services: [...services, 'grpc.health.v1.Health'] }).addToServer(server as never);
}

import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import type { DynamicModule } from '@nestjs/common';
import { guardedDeserializer } from './request-guard.ts';

/** One of our services: a Nest module and the gRPC services its controllers answer. */
export interface Service {
  /** For people: "search". */
  name: string;
  module: DynamicModule;
  /** Full gRPC name to the generated definition: { 'kindred.v1.SearchService': SearchServiceService }. */
  grpc: Record<string, ServiceDefinition>;
}

/**
 * The definitions as Nest and grpc-js look them up: ts-proto names a method "putCollection", the wire and
 * @GrpcMethod name it "PutCollection". Requests are checked for size and well-formedness on the way in.
 */
export function packageDefinitionOf(services: Service[]): Record<string, ServiceDefinition> {
  const definitions = services.flatMap((service) => Object.entries(service.grpc));
  return Object.fromEntries(definitions.map(([name, definition]) => [name, wireNamed(definition)]));
}

/** "kindred.v1" and whatever other packages there are, each once. */
export function packagesOf(services: Service[]): string[] {
  return [...new Set(serviceNames(services).map((name) => name.slice(0, name.lastIndexOf('.'))))];
}

export function serviceNames(services: Service[]): string[] {
  return services.flatMap((service) => Object.keys(service.grpc));
}

type Method = MethodDefinition<unknown, unknown>;

function wireNamed(definition: ServiceDefinition): ServiceDefinition {
  return Object.fromEntries(
    Object.entries(definition).map(([originalName, method]: [string, Method]) => {
      const name = method.path.slice(method.path.lastIndexOf('/') + 1);
      return [name, { ...method, originalName, requestDeserialize: guardedDeserializer(method) }];
    }),
  );
}

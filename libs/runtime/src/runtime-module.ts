import type { DynamicModule } from '@nestjs/common';
import { Log } from './log.ts';
import { Metrics } from './metrics.ts';
import { ProbesController } from './probes.controller.ts';
import { Readiness } from './readiness.ts';
import type { Service } from './service.ts';

class RuntimeModule {}

/** The root of a process: the services, the probes, and the providers every service can inject. */
export function runtimeModule(
  services: Service[],
  globals: { readiness: Readiness; metrics: Metrics; log: Log },
): DynamicModule {
  const providers = [
    { provide: Readiness, useValue: globals.readiness },
    { provide: Metrics, useValue: globals.metrics },
    { provide: Log, useValue: globals.log },
  ];
  return {
    module: RuntimeModule,
    global: true,
    imports: services.map((service) => service.module),
    controllers: [ProbesController],
    providers,
    exports: providers.map((provider) => provider.provide),
  };
}

import type { Metadata } from '@grpc/grpc-js';
import type {
  DeleteScenarioRequest,
  GetScenarioRequest,
  ListScenariosRequest,
  PutScenarioRequest,
} from '@kindred/contracts';
import { callerOf, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ScenarioService } from './scenario.service.ts';

const service = 'RecommendationService';

function admin(metadata: Metadata): string {
  const caller = callerOf(metadata);
  requireRole(caller, 'admin');
  return caller.tenant;
}

/** Everybody may look at scenarios; admins declare them. */
@Controller()
export class ScenarioController {
  constructor(private readonly scenarios: ScenarioService) {}

  @GrpcMethod(service)
  listScenarios(request: ListScenariosRequest, metadata: Metadata) {
    return this.scenarios.list(request, callerOf(metadata).tenant);
  }

  @GrpcMethod(service)
  getScenario(request: GetScenarioRequest, metadata: Metadata) {
    return this.scenarios.get(request, callerOf(metadata).tenant);
  }

  @GrpcMethod(service)
  putScenario(request: PutScenarioRequest, metadata: Metadata) {
    return this.scenarios.put(request, admin(metadata));
  }

  @GrpcMethod(service)
  deleteScenario(request: DeleteScenarioRequest, metadata: Metadata) {
    return this.scenarios.delete(request, admin(metadata));
  }
}

import type { Metadata } from '@grpc/grpc-js';
import type { ReplayScenarioRequest } from '@kindred/contracts';
import { callerOf, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { ReplayService } from './replay.service.ts';

/** For admins: it reads a log of many answers. */
@Controller()
export class ReplayController {
  constructor(private readonly replays: ReplayService) {}

  @GrpcMethod('ExperimentService')
  replayScenario(request: ReplayScenarioRequest, metadata: Metadata) {
    const caller = callerOf(metadata);
    requireRole(caller, 'admin');
    return this.replays.replay(request, caller.tenant);
  }
}

import type { Metadata, ServerDuplexStream, ServerUnaryCall } from '@grpc/grpc-js';
import type {
  DeleteCollectionRequest,
  DeleteItemsRequest,
  DeleteUsersRequest,
  GetCollectionRequest,
  GetItemsRequest,
  GetStatusRequest,
  GetStatusResponse,
  IdentifyUserRequest,
  ListCollectionsRequest,
  ListDeadLettersRequest,
  ListDeadLettersResponse,
  PatchItemsRequest,
  PutCollectionRequest,
  RecordInteractionsRequest,
  ReplayDeadLettersRequest,
  UpsertItemsRequest,
  UpsertItemsResponse,
  UpsertUsersRequest,
} from '@kindred/contracts';
import { callerOf, type Role, requireRole } from '@kindred/runtime';
import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { CollectionService } from '../collections/collection.service.ts';
import { DeadLetterService } from '../dead-letters/dead-letter.service.ts';
import { StatusService } from '../status/status.service.ts';
import { CatalogService } from './catalog.service.ts';
import { CatalogReader } from './catalog-reader.ts';
import { patienceOf } from './patience.ts';
import { serveUpserts } from './serve-upserts.ts';

const service = 'CatalogService';
type Unary<Request> = ServerUnaryCall<Request, unknown>;

const reader = (metadata: Metadata) => callerOf(metadata).tenant;
const writer = (metadata: Metadata) => tenantWith(metadata, 'writer');
const admin = (metadata: Metadata) => tenantWith(metadata, 'admin');

function tenantWith(metadata: Metadata, role: Role): string {
  const caller = callerOf(metadata);
  requireRole(caller, role);
  return caller.tenant;
}

@Controller()
export class CatalogController {
  constructor(
    private readonly catalog: CatalogService,
    private readonly items: CatalogReader,
    private readonly collections: CollectionService,
    private readonly deadLetters: DeadLetterService,
    private readonly status: StatusService,
  ) {}

  @GrpcMethod(service)
  async putCollection(request: PutCollectionRequest, metadata: Metadata) {
    return { collection: await this.collections.put(writer(metadata), request.collection) };
  }

  @GrpcMethod(service)
  async getCollection(request: GetCollectionRequest, metadata: Metadata) {
    return { collection: await this.collections.get(reader(metadata), request.name) };
  }

  @GrpcMethod(service)
  async listCollections(_request: ListCollectionsRequest, metadata: Metadata) {
    return { collections: await this.collections.list(reader(metadata)) };
  }

  @GrpcMethod(service)
  async deleteCollection(request: DeleteCollectionRequest, metadata: Metadata) {
    return { deletedItems: BigInt(await this.collections.delete(admin(metadata), request.name)) };
  }

  @GrpcStreamCall(service)
  async upsertItems(call: ServerDuplexStream<UpsertItemsRequest, UpsertItemsResponse>) {
    await serveUpserts(call, (requests, patience) =>
      this.catalog.upsertItems(writer(call.metadata), requests, patience),
    );
  }

  @GrpcMethod(service)
  async patchItems(request: PatchItemsRequest, metadata: Metadata, call: Unary<PatchItemsRequest>) {
    return { results: await this.catalog.patchItems(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  async deleteItems(request: DeleteItemsRequest, metadata: Metadata, call: Unary<DeleteItemsRequest>) {
    return { results: await this.catalog.deleteItems(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  async getItems(request: GetItemsRequest, metadata: Metadata) {
    return { items: await this.items.getItems(reader(metadata), request) };
  }

  @GrpcMethod(service)
  async upsertUsers(request: UpsertUsersRequest, metadata: Metadata, call: Unary<UpsertUsersRequest>) {
    return { results: await this.catalog.upsertUsers(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  async deleteUsers(request: DeleteUsersRequest, metadata: Metadata, call: Unary<DeleteUsersRequest>) {
    return { results: await this.catalog.deleteUsers(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  async identifyUser(request: IdentifyUserRequest, metadata: Metadata, call: Unary<IdentifyUserRequest>) {
    return { result: await this.catalog.identifyUser(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  async recordInteractions(
    request: RecordInteractionsRequest,
    metadata: Metadata,
    call: Unary<RecordInteractionsRequest>,
  ) {
    return { results: await this.catalog.recordInteractions(writer(metadata), request, patienceOf(call)) };
  }

  @GrpcMethod(service)
  getStatus(_request: GetStatusRequest, metadata: Metadata): Promise<GetStatusResponse> {
    return this.status.read(reader(metadata));
  }

  @GrpcMethod(service)
  async listDeadLetters(request: ListDeadLettersRequest, metadata: Metadata): Promise<ListDeadLettersResponse> {
    return this.deadLetters.list(reader(metadata), request.limit, request.pageToken);
  }

  @GrpcMethod(service)
  async replayDeadLetters(request: ReplayDeadLettersRequest, metadata: Metadata) {
    return { replayed: BigInt(await this.deadLetters.replay(admin(metadata), request.ids)) };
  }
}

// The least that a call over gRPC with one statement costs: answers Recommend with nothing, after `select 1`.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { RecommendationServiceService, RecommendResponse } from '@kindred/contracts';
import { openDatabase } from '@kindred/database';

const database = await openDatabase({ url: process.env.DATABASE_URL, poolSize: 10, applicationName: 'select-one' });
const server = new Server();
server.addService(
  { recommend: RecommendationServiceService.recommend },
  {
    recommend: (_call: unknown, done: (error: Error | null, value?: RecommendResponse) => void) => {
      database.query({ tenant: 'default', readOnly: true }, 'select 1').then(
        () => done(null, RecommendResponse.create({})),
        (error: Error) => done(error),
      );
    },
  },
);
server.bindAsync(process.env.GRPC_ADDRESS!, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
  process.stdout.write('ready\n');
});

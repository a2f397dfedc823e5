// npm run quality:recommend: every protocol of docs/recommend-quality.md, in the order of that page.
import { type Database, migrate, openDatabase } from '@kindred/database';
import * as protocols from './protocols.ts';
import { movieRatings } from './ratings.ts';
import { lastFifth, random80 } from './splits.ts';

const ratings = movieRatings();
const only = process.argv[2];
const wanted = (name: string) => only === undefined || only === name;
const started = process.cpuUsage();

if (wanted('random80')) console.log(protocols.random80Section(ratings, true).text);
if (wanted('temporal')) {
  const { warm, cold } = protocols.temporalSections(ratings, true);
  console.log(`${warm.text}\n${cold.text}`);
}
if (wanted('last-fifth')) console.log(protocols.lastFifthSection(ratings).text);
if (wanted('last-one')) console.log(protocols.lastOneSection(ratings).text);
if (wanted('cold-items')) console.log(protocols.coldItemsSection(ratings).text);
if (wanted('served-cold')) {
  const database = await openDatabase({});
  await migrate(database);
  console.log((await protocols.servedColdSection(ratings, database)).text);
  await database.close();
}
if (wanted('served')) {
  const sections = [random80, lastFifth].map(
    (split) => (database: Database) => protocols.servedSection(ratings, database, split),
  );
  for (const section of [...sections, (database: Database) => protocols.servedNextSection(ratings, database)]) {
    const database = await openDatabase({});
    await migrate(database);
    console.log((await section(database)).text);
    await database.close();
  }
}
console.log(`${(process.cpuUsage(started).user / 1e6).toFixed(0)} s of CPU`);

// Writes rows into the embedded database of a folder, `embedded-child FOLDER`, and says each number once it is acknowledged.
import { openEmbedded } from './databases.ts';

const database = await openEmbedded(process.argv[2] ?? '');
await database.query('write', { text: 'create table if not exists acknowledged (n int primary key)' });
for (let n = 1; ; n += 1) {
  await database.query('write', { text: 'insert into acknowledged values ($1)', values: [n] });
  process.stdout.write(`${n}\n`);
}

import { open } from 'node:fs/promises';

/** Makes the names in a folder durable: what was created in it or renamed into it survives a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders, and makes names durable by itself.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

// Files of chats, fetched with the log-in and kept for the tab.
import { bytes } from '../api/http.ts';

/** So many are kept at once. */
const MOST = 60;

const kept = new Map<string, Promise<string>>();

/** An address under which only this tab has the file. */
export function bytesOf(path: string): Promise<string> {
  const found = kept.get(path) ?? bytes(path).then((file) => URL.createObjectURL(file));
  kept.delete(path);
  kept.set(path, found);
  // One that did not come is asked for again.
  found.catch(() => kept.delete(path));
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) {
    void kept.get(oldest)?.then((url) => URL.revokeObjectURL(url));
    kept.delete(oldest);
  }
  return found;
}

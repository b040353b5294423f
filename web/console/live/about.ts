// What is known around a chat: the pages that its visitor has seen, other chats of theirs, and the fields
// that the shop has of its own.
import type { CustomField, Message, Related } from '../api/documents.ts';
import { get } from '../api/http.ts';

export interface About {
  /** The latest first. */
  readonly pages: readonly Message[];
  readonly related: readonly Related[];
  readonly fields: readonly CustomField[];
}

let fields: Promise<readonly CustomField[]> | undefined;

/** They change seldom: once for each load of the page is enough. */
function readFields(): Promise<readonly CustomField[]> {
  fields ??= get<{ readonly customFields: readonly CustomField[] }>('livechat/custom-fields').then(
    ({ customFields }) => customFields,
  );
  fields.catch(() => {
    fields = undefined;
  });
  return fields;
}

export async function readAbout(rid: string): Promise<About> {
  const [{ pages }, { items }, known] = await Promise.all([
    get<{ readonly pages: readonly Message[] }>(`livechat/visitors.pagesVisited/${rid}`),
    get<{ readonly items: readonly Related[] }>(`conversations/${rid}/related`, {}, 'hark/v1'),
    readFields(),
  ]);
  return {
    pages: pages.toSorted((one, other) => (one._id < other._id ? 1 : -1)),
    related: items.filter(({ proven }) => proven),
    fields: known,
  };
}

// Reports that somebody looks at again and again: the saved views that are of reports.
import { erase, get, post } from '../api/http.ts';
import { type Kind, type Report, type Saved, savedReports } from './saved-reports.ts';

export const KINDS: readonly Kind[] = ['overview', 'chats', 'agents', 'departments', 'tags', 'satisfaction', 'webhooks'];

type View = Omit<Saved, 'report'> & { readonly report: Report | null };

const isReport = (view: View): view is Saved => view.report !== null;

export async function readSavedReports(): Promise<void> {
  const { items } = await get<{ readonly items: readonly View[] }>('views', {}, 'hark/v1');
  savedReports.value = items.filter(isReport);
}

export async function saveReport(name: string, report: Report): Promise<string> {
  const { id } = await post<View>('views', { name, report: { ...report } }, 'hark/v1');
  await readSavedReports();
  return id;
}

export async function removeReport(id: string): Promise<void> {
  await erase(`views/${id}`, 'hark/v1');
  await readSavedReports();
}

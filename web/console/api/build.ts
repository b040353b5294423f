// Which build of the console runs here, and which one the server has now.
import { SERVER } from './http.ts';

/** Its name changes with each build. */
const script = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src.split('/').at(-1);

export async function isOutdated(): Promise<boolean> {
  const page = await fetch(SERVER, { cache: 'no-store', credentials: 'omit' });
  return script !== undefined && page.ok && !(await page.text()).includes(script);
}

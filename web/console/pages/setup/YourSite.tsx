import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { readSite, saveSite, type Site } from '../../live/setup.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { Ask } from './Ask.tsx';

const FIELDS: readonly (readonly [part: keyof Site, label: TextKey])[] = [
  ['name', 'siteName'],
  ['title', 'widgetTitle'],
  ['colour', 'widgetColour'],
];

const NOTHING: Site = { name: '', title: '', colour: '#1f6f54' };

/** The widget is called as the site is, until somebody calls it otherwise. */
function withTitle(before: Site, changed: Partial<Site>): Site {
  const site = { ...before, ...changed };
  return { ...site, title: changed.title ?? (before.title === '' ? site.name : before.title) };
}

export function YourSite({ done }: { readonly done: () => void }) {
  const before = useSignal<Site | undefined>(undefined);
  /** It may be filled in before what there is has been read. */
  const changed = useSignal<Partial<Site>>({});
  const site = withTitle(before.value ?? NOTHING, changed.value);
  useEffect(() => {
    const look = async (): Promise<void> => {
      const found = await readSite().catch(() => undefined);
      if (found !== undefined) {
        before.value = found;
      }
    };
    void look();
  }, []);
  const save = async (): Promise<void> => {
    before.value ??= await readSite();
    await saveSite(before.value, withTitle(before.value, changed.peek()));
  };
  const change = (part: keyof Site) => (event: { readonly currentTarget: HTMLInputElement }) => {
    changed.value = { ...changed.peek(), [part]: event.currentTarget.value };
  };
  return (
    <Ask title={t('siteTitle')} more={t('siteMore')} save={save} done={done} skip={done}>
      {FIELDS.map(([part, label]) => (
        <div key={part} class="field">
          <label for={part}>{t(label)}</label>
          {part === 'colour' ? (
            <input id={part} class="input colour" type="color" value={site.colour.toLowerCase()} onInput={change(part)} />
          ) : (
            <input id={part} class="input" required dir="auto" value={site[part]} onInput={change(part)} />
          )}
        </div>
      ))}
    </Ask>
  );
}

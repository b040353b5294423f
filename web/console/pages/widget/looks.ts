// The settings of the widget as one form, of which each page shows a part.
import { useEffect, useRef } from 'preact/hooks';

import { type Appearance, readAppearance, saveAppearance } from '../../live/appearance.ts';
import type { Values } from '../../live/settings.ts';
import { type Form, isSame, useForm } from '../../parts/form.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

export function useLooks(name: TextKey): Reading<Appearance> {
  useEffect(() => {
    document.title = `${t(name)} · Hark`;
  }, []);
  return useReading(readAppearance);
}

/** What others change meanwhile counts where it is changed here, too. */
export function useLooksForm({ values }: Appearance, again: () => Promise<void>): Form<Values> {
  const own = useRef<Form<Values> | undefined>(undefined);
  const form: Form<Values> = useForm<Values>({
    id: 'setting.changed',
    value: values,
    read: async () => {
      const now = (await readAppearance()).values;
      const { was, value, changed } = own.current ?? form;
      const theirs = changed.filter((id) => !isSame(now[id], value[id])).map((id) => [id, now[id] ?? null] as const);
      return { ...was, ...Object.fromEntries(theirs) };
    },
    write: async (_, changed) => {
      await saveAppearance(changed as Values);
      await again();
    },
  });
  own.current = form;
  return form;
}

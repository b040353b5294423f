// The settings of the widget as one form, of which each page shows a part.
import { useEffect } from 'preact/hooks';

import { type Appearance, readAppearance, saveAppearance } from '../../live/appearance.ts';
import type { Values } from '../../live/settings.ts';
import { type Form, useForm } from '../../parts/form.ts';
import { type Reading, useReading } from '../../parts/reading.ts';
import { t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';

export function useLooks(name: TextKey): Reading<Appearance> {
  useEffect(() => {
    document.title = `${t(name)} · Hark`;
  }, []);
  return useReading(readAppearance);
}

export function useLooksForm({ values }: Appearance, again: () => Promise<void>): Form<Values> {
  return useForm<Values>({
    id: (setting) => setting,
    value: values,
    read: async () => (await readAppearance()).values,
    write: async (_, changed) => {
      await saveAppearance(changed as Values);
      await again();
    },
  });
}

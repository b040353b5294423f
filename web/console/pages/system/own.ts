// Settings as one form. What others change meanwhile counts only where it is changed here, too.
import { useRef } from 'preact/hooks';

import { saveSetting, type Setting, type Values, valuesOf } from '../../live/settings.ts';
import { type Form, isSame, useForm } from '../../parts/form.ts';

interface Own {
  readonly all: readonly Setting[];
  /** Them as they are on the server now. */
  readonly read: () => Promise<readonly Setting[]>;
  /** Shows what was saved. */
  readonly again: () => Promise<void>;
}

export function useSettings({ all, read, again }: Own): Form<Values> {
  const own = useRef<Form<Values> | undefined>(undefined);
  const form: Form<Values> = useForm<Values>({
    id: 'setting.changed',
    value: valuesOf(all),
    read: async () => {
      const now = valuesOf(await read());
      const { was, value, changed } = own.current ?? form;
      const theirs = changed.filter((id) => !isSame(now[id], value[id])).map((id) => [id, now[id] ?? null] as const);
      return { ...was, ...Object.fromEntries(theirs) };
    },
    write: async (_, changed) => {
      for (const [id, value] of Object.entries(changed)) {
        await saveSetting(id, value ?? null);
      }
      await again();
    },
  });
  own.current = form;
  return form;
}

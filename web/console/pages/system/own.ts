// Settings as one form.
import { saveSetting, type Setting, type Values, valuesOf } from '../../live/settings.ts';
import { type Form, useForm } from '../../parts/form.ts';

interface Own {
  readonly all: readonly Setting[];
  /** Them as they are on the server now. */
  readonly read: () => Promise<readonly Setting[]>;
  /** Shows what was saved. */
  readonly again: () => Promise<void>;
}

export function useSettings({ all, read, again }: Own): Form<Values> {
  return useForm<Values>({
    id: (setting) => setting,
    value: valuesOf(all),
    read: async () => valuesOf(await read()),
    write: async (_, changed) => {
      for (const [id, value] of Object.entries(changed)) {
        await saveSetting(id, value ?? null);
      }
      await again();
    },
  });
}

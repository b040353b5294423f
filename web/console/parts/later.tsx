// A part of a page that is a file of its own, and comes when it is wanted.
import { signal } from '@preact/signals';
import { type ComponentChildren, type ComponentType, h } from 'preact';
import { useEffect } from 'preact/hooks';

import { complain } from '../live/toasts.ts';
import { t } from '../texts.ts';

interface Later<P> {
  /** Nothing until the file is there. */
  readonly Part: (props: P) => ComponentChildren;
  /** Before it is wanted, so that keys which are pressed at once find it there. */
  readonly prepare: () => void;
}

export function later<P extends object>(find: () => Promise<ComponentType<P>>): Later<P> {
  const part = signal<ComponentType<P> | undefined>(undefined);
  const load = async (): Promise<void> => {
    part.value ??= await find();
  };
  const Part = (props: P): ComponentChildren => {
    useEffect(() => {
      load().catch(() => complain(t('unreachable')));
    }, []);
    const Shown = part.value;
    return Shown === undefined ? null : h(Shown, props);
  };
  // What does not come is looked for again when it is wanted.
  const prepare = (): void => void load().catch(() => undefined);
  return { Part, prepare };
}

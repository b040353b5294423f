import { useEffect } from 'preact/hooks';

import { useLayer } from '../layers.ts';
import { unsaved } from '../place.ts';

/** Whoever leaves the page with changes on it is asked first. */
export function useUnsaved(hasChanges: () => boolean): void {
  useLayer(unsaved, hasChanges);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent): void => {
      if (hasChanges()) {
        event.preventDefault();
      }
    };
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, []);
}

import { useEffect } from 'preact/hooks';

/** Whoever closes the page with changes on it is asked first. */
export function useUnsaved(hasChanges: () => boolean): void {
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

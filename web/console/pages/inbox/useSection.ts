import { type RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { type Section, wantedSection } from './sections.ts';

/** Gets the focus when a key asks for this section. */
export function useSection(name: Section): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  const isWanted = wantedSection.value === name;
  useEffect(() => {
    if (isWanted) {
      wantedSection.value = undefined;
      element.current?.scrollIntoView({ block: 'nearest' });
      element.current?.focus();
    }
  }, [isWanted]);
  return element;
}

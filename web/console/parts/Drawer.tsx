import './drawer.css';

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { useKeys } from '../keys.ts';
import { t } from '../texts.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly title: string;
  /** To the next row, or the one before. */
  readonly step?: (by: 1 | -1) => void;
  readonly close: () => void;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
  /** What else can be done, in its head. */
  readonly acts?: ComponentChildren;
}

const FIELDS = 'input, textarea, select';

/** A row of the table in full, beside it. It takes the focus, unless somebody writes elsewhere. */
export function Drawer({ title, step, close, children, foot, acts }: Props) {
  const element = useRef<HTMLElement>(null);
  useKeys({ Escape: close });
  useLayoutEffect(() => {
    const drawer = element.current;
    // What is made begins with its first field.
    const first = step === undefined ? drawer?.querySelector<HTMLElement>('.body :is(input, textarea)') : undefined;
    if (document.activeElement?.matches(FIELDS) !== true) {
      (first ?? drawer?.querySelector('h2'))?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <aside
      ref={element}
      class="drawer in-full"
      aria-label={title}
      onKeyDown={(event) => {
        // Keys of the page do nothing in fields, and a dialog has its own.
        const isField = event.target instanceof Element && event.target.matches(FIELDS) && event.target.closest('dialog') === null;
        if (event.key === 'Escape' && isField && !event.isComposing && !event.defaultPrevented) {
          event.preventDefault();
          close();
        }
      }}
    >
      <header>
        <h2 class="cut-text" tabIndex={-1}>
          <bdi>{title}</bdi>
        </h2>
        <span class="push" />
        {step === undefined ? null : (
          <>
            <button type="button" class="icon-button" aria-label={t('rowBefore')} title={`${t('rowBefore')}  K`} onClick={() => step(-1)}>
              <Icon name="up" />
            </button>
            <button type="button" class="icon-button" aria-label={t('rowAfter')} title={`${t('rowAfter')}  J`} onClick={() => step(1)}>
              <Icon name="down" />
            </button>
          </>
        )}
        {acts}
        <button type="button" class="icon-button" aria-label={t('hideDrawer')} title={t('hideDrawer')} onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <div class="body">{children}</div>
      {foot}
    </aside>
  );
}

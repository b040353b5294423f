import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import { t } from '../texts.ts';
import { useBeside } from './beside.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly title: string;
  readonly kind?: string;
  /** Nothing where only what stands in it leads on. */
  readonly close?: () => void;
  /** What Control and Enter do. */
  readonly act?: () => void;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
}

/** Above everything else, which waits. The browser keeps the focus inside and gives it back. */
export function Dialog({ title, kind = '', close, act, children, foot }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const beside = useBeside(() => close?.());
  // Before another key comes.
  useLayoutEffect(() => {
    const shown = element.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${kind}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close?.();
      }}
      onClose={() => {
        // Browsers close what is asked to close twice.
        if (element.current?.isConnected === true) {
          element.current.showModal();
        }
      }}
      {...beside}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && act !== undefined) {
          event.preventDefault();
          act();
        }
      }}
    >
      <header>
        <h2 id={heading}>{title}</h2>
        <span class="push" />
        {close === undefined ? null : (
          <button type="button" class="icon-button" aria-label={t('cancel')} title={t('cancel')} onClick={close}>
            <Icon name="x" />
          </button>
        )}
      </header>
      <div class="body">{children}</div>
      {foot === undefined ? null : <footer>{foot}</footer>}
    </dialog>
  );
}

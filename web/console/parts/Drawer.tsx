import './drawer.css';

import type { ComponentChildren } from 'preact';

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

/** A row of the table in full, beside it. */
export function Drawer({ title, step, close, children, foot, acts }: Props) {
  useKeys({ Escape: close });
  return (
    <aside class="drawer in-full" aria-label={title}>
      <header>
        <h2 class="cut-text">
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

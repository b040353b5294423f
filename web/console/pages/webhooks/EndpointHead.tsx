import type { ComponentChildren } from 'preact';

import { address } from '../../place.ts';
import { t } from '../../texts.ts';

interface Props {
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** The name of an endpoint, the way back to all of them, and what can be done. */
export function EndpointHead({ title, children }: Props) {
  return (
    <header class="page-head">
      <a class="crumb" href={address('/webhooks/endpoints')} data-inside>
        {t('endpoints')}
      </a>
      <span class="quiet" aria-hidden="true">
        /
      </span>
      <h1 class="cut-text">
        <bdi>{title}</bdi>
      </h1>
      {children}
    </header>
  );
}

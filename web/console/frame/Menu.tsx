import type { ComponentChildren } from 'preact';

import { givenUp } from '../../live/given-up.ts';
import { Icon } from '../../parts/Icon.tsx';
import { address, place } from '../../place.ts';
import { number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/en.ts';

const PAGES: readonly (readonly [path: string, icon: string, name: TextKey])[] = [
  ['/webhooks/endpoints', 'hook', 'endpoints'],
  ['/webhooks/crm', 'link', 'crmIntegration'],
  ['/webhooks/deliveries', 'doc', 'deliveries'],
  ['/webhooks/given-up', 'alert', 'givenUpOnes'],
  ['/webhooks/live', 'live', 'liveTail'],
];
const REFERENCE: typeof PAGES = [
  ['/webhooks/catalogue', 'book', 'eventCatalogue'],
  ['/webhooks/check', 'shield', 'checkSignature'],
];

const isAt = (path: string): boolean => place.value.path === path || place.value.path.startsWith(`${path}/`);

/** The pages about webhooks, and one of them. */
export function Menu({ children }: { readonly children: ComponentChildren }) {
  return (
    <div class="area">
      <nav class="menu" aria-label={t('webhooks')}>
        <p class="title">{t('webhooks')}</p>
        <Items of={PAGES} />
        <p class="reference">{t('reference')}</p>
        <Items of={REFERENCE} />
      </nav>
      {children}
    </div>
  );
}

function Items({ of }: { readonly of: typeof PAGES }) {
  return (
    <ul>
      {of.map(([path, icon, name]) => (
        <li key={path}>
          <a
            href={address(path)}
            data-inside
            {...(isAt(path) ? ({ class: 'is-current', 'aria-current': 'page' } as const) : {})}
          >
            <Icon name={icon} />
            {t(name)}
            {name === 'givenUpOnes' && givenUp.value > 0 ? <span class="count count-fault">{number(givenUp.value)}</span> : null}
          </a>
        </li>
      ))}
    </ul>
  );
}

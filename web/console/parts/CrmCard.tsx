import { useSignal } from '@preact/signals';

import { Icon } from './Icon.tsx';
import { t } from '../texts.ts';

/** Pairs of a card; the rest is in the raw answer. */
const MOST = 6;

const ADDRESS = /^https?:\/\/\S+$/;

interface Card {
  readonly pairs: readonly (readonly [string, string])[];
  readonly link?: string;
  readonly text?: string;
}

function card(data: unknown): Card {
  if (typeof data === 'string') {
    const parsed = parse(data);
    if (parsed !== undefined) {
      return card(parsed);
    }
    return ADDRESS.test(data.trim()) ? { pairs: [], link: data.trim() } : { pairs: [], text: data };
  }
  const all = Object.entries(data ?? {}).filter(([, value]) => value !== null && typeof value !== 'object');
  const link = all.find(([, value]) => ADDRESS.test(String(value)));
  const pairs = all.filter((pair) => pair !== link).map(([name, value]) => [name, String(value)] as const);
  return { pairs: pairs.slice(0, MOST), ...(link === undefined ? {} : { link: String(link[1]) }) };
}

function parse(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What the CRM has answered to a webhook of this chat. */
export function CrmCard({ data }: { readonly data: unknown }) {
  const isRaw = useSignal(false);
  if (data === undefined || data === null || data === '') {
    return null;
  }
  const { pairs, link, text } = card(data);
  return (
    <article class="crm" aria-label={t('crmAnswer')}>
      <header>
        <Icon name="link" size={14} />
        <span>{t('crm')}</span>
      </header>
      {isRaw.value ? (
        <pre class="code" tabIndex={0}>{typeof data === 'string' ? data : JSON.stringify(data, undefined, 2)}</pre>
      ) : (
        <>
          {text === undefined ? null : <p class="crm-text">{text}</p>}
          <dl class="facts">
            {pairs.map(([name, value]) => (
              <>
                <dt>
                  <bdi>{name}</bdi>
                </dt>
                <dd>
                  <bdi class="cut-text">{value}</bdi>
                </dd>
              </>
            ))}
          </dl>
        </>
      )}
      <footer>
        {link === undefined ? null : (
          <a href={link} target="_blank" rel="noopener noreferrer" class="line">
            {t('openInCrm')}
            <Icon name="out" size={12} turns />
          </a>
        )}
        <span class="push" />
        <button
          type="button"
          class="link-button"
          aria-pressed={isRaw.value}
          onClick={() => {
            isRaw.value = !isRaw.value;
          }}
        >
          {t('rawAnswer')}
        </button>
      </footer>
    </article>
  );
}

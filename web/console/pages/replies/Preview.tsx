import { me } from '../../live/people.ts';
import { partsWith } from '../../live/placeholders.ts';
import { t } from '../../texts.ts';

/** Of a visitor who is made up. */
const SAMPLE: Readonly<Record<string, string>> = {
  'contact.name': 'Noor Jansen',
  'contact.email': 'noor@example.org',
  'contact.phone': '+31 20 555 0123',
};

function valueOf(name: string): string | undefined {
  switch (name) {
    case 'agent.name':
      return me.value?.name ?? '';
    case 'agent.email':
      return me.value?.email ?? '';
    default:
      return SAMPLE[name];
  }
}

/** A text as a visitor would read it, and what in it looks like a place and is none. */
export function Preview({ text }: { readonly text: string }) {
  const parts = partsWith(text, valueOf);
  const unknown = parts.filter(({ words, is }) => is === 'text' && /^\{\{.*\}\}$/s.test(words)).map(({ words }) => words);
  return (
    <section class="replies-preview" aria-label={t('asVisitorReads')}>
      <h3 class="meta quiet">{t('asVisitorReads')}</h3>
      {text.trim() === '' ? (
        <p class="quiet">{t('nothingWritten')}</p>
      ) : (
        <p class="bubble-like" dir="auto">
          {parts.map(({ words, is }, at) => (
            <span key={at} class={is}>
              {words}
            </span>
          ))}
        </p>
      )}
      <div role="status">{unknown.length === 0 ? null : <p class="error">{t('noSuchPlaces', { places: unknown.join(' ') })}</p>}</div>
    </section>
  );
}

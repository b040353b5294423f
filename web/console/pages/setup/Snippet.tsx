import { SnippetCode } from '../../parts/SnippetCode.tsx';
import { t } from '../../texts.ts';
import { Ask } from './Ask.tsx';

export function Snippet({ done }: { readonly done: () => void }) {
  return (
    <Ask title={t('snippetTitle')} more={t('snippetMore')} save={() => Promise.resolve()} done={done}>
      <SnippetCode />
      <p class="quiet">{t('snippetPublic', { host: location.host })}</p>
    </Ask>
  );
}

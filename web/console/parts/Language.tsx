import { choose, chosenLanguage, languages, t } from '../texts.ts';

interface Props {
  readonly id?: string;
}

/** The language of the console in this browser. */
export function Language({ id }: Props) {
  return (
    <select
      id={id}
      class="input language"
      {...(id === undefined ? { 'aria-label': t('languageIs') } : {})}
      value={chosenLanguage.value}
      onChange={(event) => void choose(event.currentTarget.value)}
    >
      <option value="">{t('asBrowser')}</option>
      {languages.map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}

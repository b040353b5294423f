import type { Counts } from '../../live/crm.ts';
import type { Catalogue, Dialect, Draft } from '../../live/endpoints.ts';
import { TextField } from '../../parts/Field.tsx';
import { Segments } from '../../parts/Segments.tsx';
import { count, number, t } from '../../texts.ts';
import type { TextKey } from '../../texts/tables.ts';
import { DIALECTS } from '../../parts/endpoint-health.ts';
import { Kinds } from './Kinds.tsx';
import { Plan } from './Plan.tsx';
import { UrlField } from './UrlField.tsx';
import { isWanted } from './wanted.ts';

const ABOUT: Readonly<Record<Dialect, TextKey>> = {
  standard: 'aboutStandard',
  rocketchat: 'aboutRocketChat',
  comm100: 'aboutComm100',
};

interface Props {
  readonly draft: Draft;
  readonly changed: readonly string[];
  readonly catalogue: Catalogue;
  readonly counts: Counts | undefined;
  readonly complaint: string | null;
  readonly urlError: string;
  /** The kind of which the body is shown. */
  readonly shown: string;
  readonly show: (kind: string) => void;
  /** Nothing where it is changed elsewhere. */
  readonly change?: (some: Partial<Draft>) => void;
}

/** What can be said of an endpoint: where it is, how it is told, of what, and what if it does not answer. */
export function EndpointFields({ draft, changed, catalogue, counts, complaint, urlError, shown, show, change }: Props) {
  const told = catalogue.kinds.filter(({ dialects }) => dialects[draft.dialect] !== undefined);
  const wanted = told.filter(({ name }) => isWanted(draft.events, name));
  const sum = wanted.reduce((all, { name }) => all + (counts?.kinds[name] ?? 0), 0);
  return (
    <>
      <div class="editor-top">
        <UrlField
          label={t('address')}
          value={draft.url}
          isChanged={changed.includes('url')}
          complaint={complaint}
          error={urlError}
          {...(change === undefined ? {} : { change: (url: string) => change({ url }) })}
        />
        <TextField
          label={t('name')}
          placeholder={t('nameOfHost')}
          isChanged={changed.includes('name')}
          value={draft.name}
          {...(change === undefined ? {} : { change: (name: string) => change({ name }) })}
        />
      </div>
      <fieldset class="line-of">
        <legend>{t('dialect')}</legend>
        <Segments
          choices={Object.entries(DIALECTS)}
          chosen={draft.dialect}
          {...(change === undefined ? {} : { choose: (dialect: string) => change({ dialect: dialect as Dialect }) })}
        />
        <span class="meta">{t(ABOUT[draft.dialect])}</span>
      </fieldset>
      <section class="events" aria-labelledby="which-events">
        <div class="line">
          <h2 id="which-events">{t('events')}</h2>
          <span class="meta">
            {t('someOf', { some: number(wanted.length), all: number(told.length) })} · {count('aboutADay', sum)}
          </span>
          <span class="push" />
          {change === undefined ? null : (
            <button type="button" class="link-button" aria-pressed={draft.events.includes('*')} onClick={() => change({ events: ['*'] })}>
              {t('everything')}
            </button>
          )}
        </div>
        <Kinds
          kinds={told}
          wanted={draft.events}
          counts={counts}
          shown={shown}
          show={show}
          {...(change === undefined ? {} : { change: (events: readonly string[]) => change({ events }) })}
        />
      </section>
      <Plan
        key={draft.dialect}
        schedule={catalogue.schedules[draft.dialect]}
        policy={draft.policy}
        {...(change === undefined ? {} : { change: (policy: Draft['policy']) => change({ policy }) })}
      />
    </>
  );
}

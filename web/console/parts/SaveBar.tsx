import { useSignal } from '@preact/signals';

import { count, listed, t, when } from '../texts.ts';
import type { Comparing, Shows } from './Compare.tsx';
import type { Form } from './form.ts';
import { Icon } from './Icon.tsx';
import { Key } from './Key.tsx';
import { later } from './later.tsx';

const Compare = later<Comparing>(async () => (await import('./Compare.tsx')).Compare);

interface Props<T> {
  readonly form: Form<T>;
  /** How each field is called, where it is shown. */
  readonly names: Readonly<Record<keyof T & string, string>>;
  /** How fields are written where they are compared. */
  readonly shows?: Shows<T>;
  /** What is said beside the number of changes, in place of the name of a single one. */
  readonly about?: string;
}

/** At the bottom of a form, as long as there are changes. */
export function SaveBar<T extends object>({ form, names, shows = {}, about }: Props<T>) {
  const isCompared = useSignal(false);
  const { changed, conflict, faulty, isBusy } = form;
  const fault = faulty.length === 0 ? form.fault : t('lookAtFields', { fields: listed(faulty.map((key) => names[key])) });
  if (changed.length === 0) {
    return null;
  }
  const what = about ?? (changed.length === 1 && changed[0] !== undefined ? names[changed[0]] : '');
  return (
    <div class="save-bar">
      <div role="alert">
        {fault === '' ? null : (
          <span class="fault">
            <Icon name="alert" /> {fault}
          </span>
        )}
        {conflict === undefined ? null : (
          <span class="fault">
            <Icon name="alert" /> {conflictOf(conflict.changer)}
          </span>
        )}
      </div>
      {fault === '' && conflict === undefined ? (
        <span class="cut-text">
          <b class="strong">{count('changes', changed.length)}</b> <span class="quiet">{what}</span>
        </span>
      ) : null}
      <span class="push" />
      {conflict === undefined ? (
        <>
          <button type="button" class="button quiet" onClick={form.discard}>
            {t('discardChanges')}
          </button>
          <button type="button" class="button primary" aria-disabled={isBusy} onClick={form.save}>
            <span>{t('save')}</span>
            <Key keys="mod S" />
          </button>
        </>
      ) : (
        <button
          type="button"
          class="button"
          onClick={() => {
            isCompared.value = true;
          }}
        >
          {t('compare')}
        </button>
      )}
      {isCompared.value && conflict !== undefined ? (
        <Compare.Part
          form={form as unknown as Comparing['form']}
          names={names}
          shows={shows as Comparing['shows']}
          close={() => {
            isCompared.value = false;
          }}
        />
      ) : null}
    </div>
  );
}

function conflictOf(changer: { readonly name: string; readonly at: number } | undefined): string {
  return changer === undefined ? t('changedMeanwhile') : t('changedMeanwhileBy', { name: changer.name, time: when(changer.at, Date.now()) });
}

import { t } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { type Form, isSame } from './form.ts';

export interface Comparing {
  readonly form: Form<Readonly<Record<string, unknown>>>;
  readonly names: Readonly<Record<string, string>>;
  readonly close: () => void;
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** What somebody else has made of it meanwhile beside one's own. */
export function Compare({ form, names, close }: Comparing) {
  const theirs = form.conflict?.theirs ?? form.was;
  const differing = form.changed.filter((key) => !isSame(theirs[key], form.value[key]));
  const then = (act: () => void) => () => {
    close();
    act();
  };
  const foot = (
    <>
      <span class="push" />
      <button type="button" class="button quiet" onClick={then(form.takeTheirs)}>
        {t('takeTheirs')}
      </button>
      <button type="button" class="button primary" onClick={then(form.saveOver)}>
        {t('saveMine')}
      </button>
    </>
  );
  return (
    <Dialog title={t('compare')} close={close} foot={foot}>
      <table class="compare">
        <thead>
          <tr>
            <th>{t('field')}</th>
            <th>{t('theirVersion')}</th>
            <th>{t('yourVersion')}</th>
          </tr>
        </thead>
        <tbody>
          {differing.map((key) => (
            <tr key={key}>
              <th scope="row">{names[key]}</th>
              <td>
                <bdi>{shown(theirs[key])}</bdi>
              </td>
              <td>
                <bdi>{shown(form.value[key])}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}

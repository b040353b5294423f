import { listed, number, t } from '../texts.ts';
import { Dialog } from './Dialog.tsx';
import { type Form, isSame } from './form.ts';

/** Parts of a field, each with its name. */
export type Parts = readonly (readonly [name: string, words: string])[];

/** How fields are written that are no words, numbers or switches. */
export type Shows<T> = { readonly [K in keyof T]?: (value: T[K]) => string | Parts };

export interface Comparing {
  readonly form: Form<Readonly<Record<string, unknown>>>;
  readonly names: Readonly<Record<string, string>>;
  readonly shows: Shows<Readonly<Record<string, unknown>>>;
  readonly close: () => void;
}

const NOTHING = '–';

function written(value: unknown): string {
  if (typeof value === 'boolean') {
    return t(value ? 'isOn' : 'isOff');
  }
  return typeof value === 'number' ? number(value) : Array.isArray(value) ? listed(value.map(String)) : typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

type Row = readonly [name: string, theirs: string, mine: string];

/** What of a field differs. */
function differing(name: string, theirs: string | Parts, mine: string | Parts): readonly Row[] {
  if (typeof theirs === 'string' || typeof mine === 'string') {
    return [[name, String(theirs), String(mine)]];
  }
  const [before, after] = [new Map(theirs), new Map(mine)];
  const parts = [...new Set([...before.keys(), ...after.keys()])].filter((part) => before.get(part) !== after.get(part));
  return parts.map((part) => [`${name} · ${part}`, before.get(part) ?? '', after.get(part) ?? '']);
}

/** What somebody else has made of it meanwhile beside one's own. */
export function Compare({ form, names, shows, close }: Comparing) {
  const theirs = form.conflict?.theirs ?? form.was;
  const rows = form.changed
    .filter((key) => !isSame(theirs[key], form.value[key]))
    .flatMap((key) => {
      const show = shows[key] ?? written;
      return differing(names[key] ?? key, show(theirs[key]), show(form.value[key]));
    });
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
          {rows.map(([name, before, mine]) => (
            <tr key={name}>
              <th scope="row">
                <bdi>{name}</bdi>
              </th>
              <td>
                <bdi>{before === '' ? NOTHING : before}</bdi>
              </td>
              <td>
                <bdi>{mine === '' ? NOTHING : mine}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
